// One image into its place in a batch: pixels moved and coloured, boxes moved with them.
#pragma once

#include <cstdint>
#include <vector>

#include "worker/train/engine/data/image_cache.h"
#include "worker/train/engine/sampling/augmentation.h"
#include "worker/train/tasks/detection/targets/center_targets.h"

namespace visionops::train {

/// The grey of the cells outside the image: the middle of the usual brightness.
inline constexpr std::uint8_t kPadding = 114;

/// Writes side * side * 3 bytes to `out`.
void draw_pixels(const StoredImage& image, const Augmentation& augmentation, std::int32_t side, std::uint8_t* out);

/// The objects that stay visible, in network input pixels.
std::vector<TargetObject> visible_objects(const DetectionSample& sample, const StoredImage& image,
                                          const Augmentation& augmentation, std::int32_t side);

}  // namespace visionops::train
