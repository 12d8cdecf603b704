// What the built-in trainer can learn, in facts that need no trainer: by them the operator refuses what could not be
// trained, and knows which metric is the best one. A task is a folder in worker/train/tasks; its facts.cpp defines one
// of these. PURE.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/vocabulary.h"
#include "worker/contract/hyperparameter.h"

namespace visionops::contract {

struct TrainingMetric {
  std::string_view name;
  bool higher_is_better = true;
};

struct TrainingTask {
  Task task = Task::Detection;
  std::span<const std::string_view> models;
  std::span<const TrainingMetric> metrics;   ///< measured on a validation set
  std::string_view best_metric;              ///< one of them: decides on the best epoch when nothing else is asked for
  std::span<const std::string_view> losses;  ///< parts of the total: metric "loss_NAME" beside "loss"
  std::span<const Hyperparameter> hyperparameters;  ///< in hyperparameters.extra
};

/// Of every task, in hyperparameters.extra too.
inline constexpr auto kTrainerHyperparameters = std::to_array<Hyperparameter>({
    {"cacheMegabytes", 2048, "MiB of memory for decoded images; the others are decoded in each epoch.", 0, 1048576},
    {"threads", 0, "Threads of the arithmetic; 0: as many as the cores that the Pod was given.", 0, 1024},
});

/// What every task reports of each epoch beside its own.
inline constexpr auto kTrainerMetrics = std::to_array<std::string_view>({"loss", "learning_rate", "images_per_second"});

/// The names of all metrics that a run of this task reports; `validated`: with a validation set, `tested`: with a test
/// set ("test_NAME", at the end).
std::vector<std::string> reported_metrics(const TrainingTask& task, bool validated, bool tested);

/// All tasks, by the names of their folders.
std::span<const TrainingTask* const> training_tasks();

/// What is wrong with hyperparameters.extra of a run of this task.
void check_extra(const TrainingTask& task, const FreeMap& extra, const std::string& path, Problems& problems);

}  // namespace visionops::contract
