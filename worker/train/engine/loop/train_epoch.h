// The steps of one epoch.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>

#include "base/result.h"
#include "worker/train/engine/checkpoints/checkpoint_note.h"
#include "worker/train/engine/loop/training_setup.h"

namespace visionops::train {

enum class EpochEnd { Complete, Stopped, Diverged };

/// Goes on from `at`, keeps it up to date, and calls `after_step`. Stopped: between two steps, because
/// `stop` was set. Diverged: a loss was NaN or infinite; `at` and the learner are then of no use.
Result<EpochEnd> train_epoch(const TrainingSetup& setup, TrainProgress& at, const std::atomic<bool>& stop,
                             const std::function<void()>& after_step);

/// Of a step of the epoch that `at` is in.
double learning_rate_at(const TrainingSetup& setup, const TrainProgress& at, std::int64_t step_in_epoch);

/// Of the steps of this epoch: "loss" for the total, "loss_NAME" for its parts; empty without steps.
Metrics mean_losses(const LossSums& sums, std::int64_t steps);

}  // namespace visionops::train
