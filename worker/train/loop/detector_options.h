// hyperparameters.extra of the built-in detector.
#pragma once

#include <cstdint>
#include <string>

#include "base/fields.h"
#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/train/sampling/augmentation.h"

namespace visionops::train {

struct DetectorOptions {
  std::int32_t width = 32;
  bool augment = true;
  bool flip = false;
  double scale_jitter = 1.25;
  double shift_jitter = 0.1;
  double contrast_jitter = 0.2;
  double brightness_jitter = 25;
  std::int32_t max_detections = 100;
  std::int32_t cache_megabytes = 2048;
  std::int32_t threads = 0;

  [[nodiscard]] AugmentationRange augmentation() const;

  static const Table<DetectorOptions>& fields();
};

/// Invalid names the field, "extra.widht: unknown field; did you mean \"width\"?".
Result<DetectorOptions> decode_detector_options(const FreeMap& extra);

}  // namespace visionops::train
