// Linear warm-up, then a cosine down to one hundredth of the learning rate. PURE.
#pragma once

#include <cstdint>

namespace visionops::train {

struct LearningRate {
  double peak = 0.001;
  std::int64_t warmup_steps = 0;
  std::int64_t total_steps = 1;

  static constexpr double kFloor = 0.01;  ///< of the peak, at the last step

  /// For `step` 0 .. total_steps - 1; later steps get the value of the last one. Always > 0 for a
  /// positive peak: the first warm-up step has peak / warmup_steps.
  [[nodiscard]] double at(std::int64_t step) const;
};

}  // namespace visionops::train
