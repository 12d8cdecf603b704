// The UCI handwritten digits: 1,797 grey images of 8x8 pixels (data/ATTRIBUTION.md).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace visionops::quickstart {

struct Digit {
  std::array<std::uint8_t, 64> pixels{};  ///< row-major, 0 (paper) .. 16 (ink)
  int label = 0;                          ///< 0..9
};

/// Reads the gzip-compressed CSV: 64 pixel columns and the label. Invalid names the line.
Result<std::vector<Digit>> load_digits(const std::string& file);

}  // namespace visionops::quickstart
