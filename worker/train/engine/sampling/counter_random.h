// Random numbers as a function of a key: the stream of a (seed, epoch, sample) is the same whichever
// thread asks, in whatever order, before or after a resume. Nothing has to be saved. PURE.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace visionops::train {

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
class CounterRandom {
 public:
  explicit CounterRandom(std::initializer_list<std::uint64_t> key) {
    for (const auto part : key) state_ = mix(state_ ^ mix(part + kGolden));
  }
  std::uint64_t bits() { return mix(state_ += kGolden); }
  /// Uniform in [0, 1) with 53 bits.
  double unit() { return static_cast<double>(bits() >> 11U) * 0x1.0p-53; }
  /// Uniform in [low, high).
  double between(double low, double high) { return low + (high - low) * unit(); }
  /// Uniform in 0 .. count - 1; the bias of 2^-64 * count is far below what a data order can show.
  std::uint64_t below(std::uint64_t count) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(bits()) * count) >> 64U);
  }

 private:
  static constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ULL;
  static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  std::uint64_t state_ = kGolden;
};

}  // namespace visionops::train
