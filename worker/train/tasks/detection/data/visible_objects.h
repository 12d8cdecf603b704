// The boxes of an image as they lie in a batch: moved with its pixels.
#pragma once

#include <cstdint>
#include <vector>

#include "worker/train/engine/data/image_cache.h"
#include "worker/train/engine/sampling/augmentation.h"
#include "worker/train/tasks/detection/data/detection_set.h"
#include "worker/train/tasks/detection/targets/center_targets.h"

namespace visionops::train {

/// The objects that stay visible, in network input pixels.
std::vector<TargetObject> visible_objects(const DetectionSample& sample, const StoredImage& image,
                                          const Augmentation& augmentation, std::int32_t side);

}  // namespace visionops::train
