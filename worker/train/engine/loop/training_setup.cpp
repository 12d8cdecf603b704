#include "worker/train/engine/loop/training_setup.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/parallel/usable_cores.h"
#include "base/text.h"

namespace visionops::train {
namespace {

using contract::TrainingTask;

Result<const TrainerTask*> task_of(const contract::TrainRun& run) {
  const auto tasks = trainer_tasks();
  const auto it = std::ranges::find(tasks, run.task, [](const TrainerTask* task) { return task->facts.task; });
  if (it != tasks.end()) return *it;
  const auto known = join(tasks, ", ", [](const TrainerTask* task) { return enum_name(task->facts.task); });
  return invalid_error("task: the built-in trainer learns " + known + ", not " + std::string(enum_name(run.task)));
}

Status check(const TrainingTask& task, const contract::TrainRun& run) {
  if (std::ranges::find(task.models, run.model) == task.models.end()) {
    return invalid_error("model: \"" + run.model + "\" is not a model of the built-in trainer; it has " +
                         join(task.models));
  }
  Problems problems;
  contract::check_extra(task, run.extra, "extra", problems);
  return problems.empty() ? Status() : Status(invalid_error(describe(problems)));
}

std::string loss_metric(std::string_view part) { return "loss_" + std::string(part); }

const contract::TrainingMetric* measured(const TrainingTask& task, std::string_view metric) {
  const auto it = std::ranges::find(task.metrics, metric, &contract::TrainingMetric::name);
  return it == task.metrics.end() ? nullptr : &*it;
}

/// Which metric decides on the best epoch, and whether the field asks for one that there is.
Result<std::string> choose_best_metric(const TrainingTask& task, const contract::TrainRun& run) {
  const auto& wanted = run.early_stopping_metric;
  if (wanted.empty()) return std::string(run.val ? task.best_metric : "loss");
  if (measured(task, wanted) != nullptr && !run.val) {
    return invalid_error("earlyStopping.metric: " + wanted + " needs a validation set (datasets.val)");
  }
  const bool part = std::ranges::any_of(task.losses, [&](auto loss) { return loss_metric(loss) == wanted; });
  if (measured(task, wanted) != nullptr || wanted == "loss" || part) return wanted;
  std::vector<std::string> known;
  for (const auto& metric : task.metrics) known.emplace_back(metric.name);
  known.emplace_back("loss");
  for (const auto loss : task.losses) known.push_back(loss_metric(loss));
  return invalid_error("earlyStopping.metric: \"" + wanted + "\" is not one of " + join(known));
}

StoppingRule stopping_rule(const TrainingTask& task, const contract::TrainRun& run, const std::string& best_metric) {
  const auto* metric = measured(task, best_metric);
  const bool chosen = !run.early_stopping_metric.empty();
  return {chosen ? run.early_stopping_max : metric != nullptr && metric->higher_is_better, run.early_stopping_patience,
          run.early_stopping_min_delta};
}

NetworkSettings network_settings(const contract::TrainRun& run, std::int32_t threads, unsigned cores) {
  NetworkSettings settings;
  settings.weight_decay = run.weight_decay;
  settings.seed = static_cast<std::uint64_t>(run.seed);
  settings.threads = threads > 0 ? threads : static_cast<std::int32_t>(cores);
  settings.gpu = run.gpus > 0;
  return settings;
}

}  // namespace

Result<TrainingSetup> prepare_training(const contract::TrainRun& run) {
  const auto task = task_of(run);
  if (!task) return task.error();
  const auto& facts = (*task)->facts;
  if (const auto checked = check(facts, run); !checked) return checked.error();
  const auto metric = choose_best_metric(facts, run);
  if (!metric) return metric.error();

  const unsigned cores = usable_cores();
  const contract::Hyperparameters<contract::kTrainerHyperparameters> own(run.extra);
  TrainingSetup setup;
  setup.run = run;
  setup.facts = &facts;
  setup.best_metric = *metric;
  setup.stopping = stopping_rule(facts, run, *metric);
  setup.loaders = std::clamp(cores / 2, 1U, 8U);
  setup.network = network_settings(run, own.get<"threads">(), cores);
  auto learner =
      (*task)->open({run, setup.network, std::int64_t{own.get<"cacheMegabytes">()} << 20, cores, setup.loaders});
  if (!learner) return learner.error();
  setup.learner = *std::move(learner);

  setup.steps_per_epoch = (setup.learner->lesson().samples + run.batch_size - 1) / run.batch_size;
  const auto warmup = std::llround(run.warmup_epochs * static_cast<double>(setup.steps_per_epoch));
  setup.learning_rate = {run.learning_rate, warmup, setup.steps_per_epoch * run.epochs};
  return setup;
}

}  // namespace visionops::train
