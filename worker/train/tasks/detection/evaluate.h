// The detector on a set of images, measured as COCO does.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "base/result.h"
#include "worker/train/engine/data/image_cache.h"
#include "worker/train/tasks/detection/data/detection_set.h"
#include "worker/train/tasks/detection/learner/detection_learner.h"

namespace visionops::train {

struct EvaluationSettings {
  std::int32_t side = 0;
  std::int32_t batch_size = 1;
  std::int32_t max_detections = 100;
  unsigned threads = 1;  ///< that prepare images
};

/// A set whose damaged images are already left out, with its pixels.
struct EvaluationSet {
  const DetectionSet& set;
  const ImageCache& images;
};

/// {"map50": ..., "map50_95": ...}; empty when the set has no object that counts. Boxes are compared in
/// pixels of the original images. `progress(done, total)` is called after each batch with images.
Result<std::map<std::string, double>> evaluate(DetectionLearner& learner, const EvaluationSet& data,
                                               const EvaluationSettings& settings,
                                               const std::function<void(std::int64_t, std::int64_t)>& progress);

}  // namespace visionops::train
