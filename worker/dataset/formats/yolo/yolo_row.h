// The numbers of one row of a YOLO label file and what they mean. PURE.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "worker/dataset/formats/yolo/yolo.h"

namespace visionops::annotations {

struct YoloRow {
  enum class Meaning : std::uint8_t { Box, Polygon, OrientedBox, Pose };
  Meaning meaning = Meaning::Box;
  std::uint32_t category = 0;
  std::vector<double> values;  ///< behind the class, relative to the size of the image
};

/// Fills `row`, or tells why the line is no row under these rules: then `row` holds nothing of use.
std::optional<std::string> parse_yolo_row(std::string_view line, std::size_t classes, const YoloRowRules& rules,
                                          YoloRow& row);

/// Whether the values are a box and keypoints of `values_each` (2 or 3) within it: of three, the last is 0, 1 or 2.
bool fits_keypoints(std::span<const double> values, std::size_t values_each);

}  // namespace visionops::annotations
