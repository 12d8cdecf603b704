// The detector in facts: its models, what it is measured by, its hyperparameters. PURE.
#pragma once

#include <array>
#include <string_view>

#include "worker/contract/training_task.h"

namespace visionops::train {

inline constexpr std::array<std::string_view, 1> kDetectionModels{"centernet_nano"};

/// In the order of losses/center_loss.h.
inline constexpr std::array<std::string_view, 3> kDetectionLosses{"heatmap", "size", "offset"};

inline constexpr auto kDetectionMetrics = std::to_array<contract::TrainingMetric>({{"map50"}, {"map50_95"}});

inline constexpr auto kDetectionHyperparameters = std::to_array<contract::Hyperparameter>({
    {"width", 32, "Channels of the network at stride 4; the deeper stages have two and four times as many.", 8, 256},
    {"augment", true, "Change scale, position and colour of the training images at random."},
    {"flip", false, "Mirror half of the training images; wrong where left and right matter, as for digits."},
    {"scaleJitter", 1.25, "Training images are scaled by a factor between 1/x and x.", 1, 4},
    {"shiftJitter", 0.1, "Training images are moved by at most this part of the input's side.", 0, 0.5},
    {"contrastJitter", 0.2, "The contrast is multiplied by a factor between 1 - x and 1 + x.", 0, 0.9},
    {"brightnessJitter", 25.0, "The brightness is moved by at most this many grey levels of 255.", 0, 127},
    {"maxDetections", 100, "The best detections of an image that the evaluation looks at.", 1, 1000},
});

}  // namespace visionops::train
