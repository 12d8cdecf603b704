// Locked<T>: a value that cannot be touched without its mutex.
#pragma once

#include <mutex>
#include <utility>

namespace visionops::runtime {

/// Any thread may call with(). The function must not keep a reference to the value, must not block
/// and must not call with() of the same object again.
template <class T>
class Locked {
 public:
  template <class... Args>
  explicit Locked(Args&&... args) : value_(std::forward<Args>(args)...) {}

  template <class F>
  auto with(F&& f) {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(f)(value_);
  }
  template <class F>
  auto with(F&& f) const {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(f)(value_);
  }

 private:
  mutable std::mutex mutex_;
  T value_;
};

}  // namespace visionops::runtime
