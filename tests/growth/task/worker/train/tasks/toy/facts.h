// The toy in facts. PURE.
#pragma once

#include <array>
#include <string_view>

#include "worker/contract/training_task.h"

namespace visionops::train {

inline constexpr std::array<std::string_view, 1> kToyModels{"toy_line"};
inline constexpr std::array<std::string_view, 1> kToyLosses{"distance"};
inline constexpr auto kToyMetrics = std::to_array<contract::TrainingMetric>({{"error", false}});
inline constexpr auto kToyHyperparameters = std::to_array<contract::Hyperparameter>({
    {"slope", 2.0, "Of the line that is learnt.", -10, 10},
});

}  // namespace visionops::train
