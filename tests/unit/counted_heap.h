// What a piece of work takes from the heap: a count that is the same on every machine, unlike seconds. For one file of
// a test program alone, since it replaces operator new.
#pragma once

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace visionops::test {

struct HeapUse {
  std::int64_t calls = 0;
  std::int64_t peak = 0;  ///< bytes above what was in use before
};

struct HeapCounter {
  static inline std::atomic<std::int64_t> calls{0}, live{0}, peak{0};

  /// Null where there is no memory.
  static void* try_take(std::size_t size) noexcept {
    void* const memory = std::malloc(std::max<std::size_t>(size, 1));
    if (memory == nullptr) return nullptr;
    ++calls;
    live += static_cast<std::int64_t>(malloc_usable_size(memory));
    if (live > peak) peak = live.load();
    return memory;
  }
  static void* take(std::size_t size) {
    void* const memory = try_take(size);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
  }
  static void give(void* memory) noexcept {
    if (memory != nullptr) live -= static_cast<std::int64_t>(malloc_usable_size(memory));
    std::free(memory);
  }
};

/// Of `work`, on this thread or others.
template <class Work>
HeapUse heap_use(const Work& work) {
  const auto calls = HeapCounter::calls.load();
  const auto live = HeapCounter::live.load();
  HeapCounter::peak = live;
  work();
  return {HeapCounter::calls - calls, HeapCounter::peak - live};
}

}  // namespace visionops::test

void* operator new(std::size_t size) { return visionops::test::HeapCounter::take(size); }
void* operator new[](std::size_t size) { return visionops::test::HeapCounter::take(size); }
// The forms that do not throw too: AddressSanitizer has its own of each that is not replaced, and asks for equal pairs.
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  return visionops::test::HeapCounter::try_take(size);
}
void* operator new[](std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  return visionops::test::HeapCounter::try_take(size);
}
void operator delete(void* memory) noexcept { visionops::test::HeapCounter::give(memory); }
void operator delete[](void* memory) noexcept { visionops::test::HeapCounter::give(memory); }
void operator delete(void* memory, std::size_t) noexcept { visionops::test::HeapCounter::give(memory); }
void operator delete[](void* memory, std::size_t) noexcept { visionops::test::HeapCounter::give(memory); }
void operator delete(void* memory, const std::nothrow_t& /*tag*/) noexcept {
  visionops::test::HeapCounter::give(memory);
}
void operator delete[](void* memory, const std::nothrow_t& /*tag*/) noexcept {
  visionops::test::HeapCounter::give(memory);
}
