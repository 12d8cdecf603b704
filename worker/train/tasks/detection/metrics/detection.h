// What a detector says about an image and what is true of it, in plain numbers. PURE.
#pragma once

#include <cstdint>
#include <vector>

#include "worker/train/engine/sampling/box.h"

namespace visionops::train {

struct Detection {
  std::uint32_t category = 0;
  double score = 0;  ///< 0..1, only the order matters to the metrics
  Box box;
};

struct GroundTruth {
  std::uint32_t category = 0;
  Box box;
  bool crowd = false;   ///< a region with many objects: any number of detections may fall into it
  bool ignore = false;  ///< a single object that counts neither for nor against the detector
};

struct ImageResult {
  std::vector<GroundTruth> truths;
  std::vector<Detection> detections;
};

}  // namespace visionops::train
