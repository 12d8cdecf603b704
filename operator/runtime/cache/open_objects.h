// The objects that were asked for last, ready to be read. A pass asks for its resource and its children some times
// over, and opening a packed object costs more than all else that a pass of a settled resource does.
#pragma once

#include <array>
#include <cstdint>

#include "operator/runtime/cache/packed_object.h"

namespace visionops::runtime {

/// Not thread-safe. Holds at most kMost objects; each has one place, where the next one that falls on it takes over.
class OpenObjects {
 public:
  /// Some objects of some passes at a time: below 1 MiB.
  static constexpr std::size_t kMost = 64;

  /// What keep() was given for the object at this address; null: it has to be opened.
  [[nodiscard]] ObjectPtr find(const PackedObject& packed) const {
    const Place& place = places_[place_of(packed)];
    return place.packed == &packed ? place.object : nullptr;
  }
  void keep(const PackedObject& packed, ObjectPtr object) { places_[place_of(packed)] = {&packed, std::move(object)}; }
  /// Before the object at this address changes or goes.
  void forget(const PackedObject& packed) {
    Place& place = places_[place_of(packed)];
    if (place.packed == &packed) place = {};
  }

 private:
  struct Place {
    const PackedObject* packed = nullptr;
    ObjectPtr object;
  };
  /// Addresses are multiples of the allocator's steps: their upper bits are mixed into the lower ones.
  static std::size_t place_of(const PackedObject& packed) {
    const auto address = reinterpret_cast<std::uintptr_t>(&packed);
    return static_cast<std::size_t>((address * 0x9E3779B97F4A7C15ULL) >> 32U) % kMost;
  }

  std::array<Place, kMost> places_;
};

}  // namespace visionops::runtime
