// A task of the trainer: a folder in worker/train/tasks. CMake writes the table from the folders.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/contract/training_task.h"
#include "worker/train/engine/task/learner.h"

namespace visionops::train {

/// What the engine tells a task about the run.
struct TaskRun {
  const contract::TrainRun& run;  ///< of this task, with a model and hyperparameters of its facts
  NetworkSettings network;
  std::int64_t cache_bytes = 0;  ///< of decoded samples, for each set
  unsigned cores = 1;            ///< threads that may read the data before the first step
  unsigned loaders = 1;          ///< threads that prepare batches
};

struct TrainerTask {
  const contract::TrainingTask& facts;
  /// Reads the data and makes the network. Errors name the field: Invalid, NotFound for a missing folder, Retry for a
  /// store that fails.
  Result<std::unique_ptr<Learner>> (*open)(const TaskRun&);
};

/// All tasks, by the names of their folders.
std::span<const TrainerTask* const> trainer_tasks();

}  // namespace visionops::train
