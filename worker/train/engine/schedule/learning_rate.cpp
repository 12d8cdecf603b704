#include "worker/train/engine/schedule/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace visionops::train {

double LearningRate::at(std::int64_t step) const {
  if (step < warmup_steps) return peak * static_cast<double>(step + 1) / static_cast<double>(warmup_steps);
  const auto length = static_cast<double>(std::max<std::int64_t>(1, total_steps - 1 - warmup_steps));
  const double done = std::min(1.0, static_cast<double>(step - warmup_steps) / length);
  return peak * (kFloor + (1 - kFloor) * 0.5 * (1 + std::cos(std::numbers::pi * done)));
}

}  // namespace visionops::train
