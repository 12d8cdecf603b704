// The one source of chance of a simulation; equal seeds give equal runs.
#pragma once

#include <cstdint>
#include <random>

namespace visionops::sim {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  bool chance(double probability) { return probability > 0 && unit() < probability; }
  /// In [0, n). Precondition: n > 0.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  /// In [0, 1).
  double unit() { return static_cast<double>(engine_() >> 11U) * 0x1.0p-53; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace visionops::sim
