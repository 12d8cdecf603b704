// From the output of a centre-point detector to boxes: peaks of the heatmap are objects, so that no
// other suppression is needed (Objects as Points, section 4).
#pragma once

#include <cstdint>
#include <vector>

#include "worker/train/models/centernet_nano.h"
#include "worker/train/tasks/detection/metrics/detection.h"

namespace visionops::train {

/// A cell is a peak when none of its eight neighbours of the same category is higher. The `limit`
/// best of each image, best first, in network input pixels; equal scores may come in any order.
std::vector<std::vector<Detection>> decode_centers(const CenterNetOutput& output, std::int32_t limit);

}  // namespace visionops::train
