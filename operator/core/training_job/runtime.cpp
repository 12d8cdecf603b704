#include "operator/core/training_job/runtime.h"

#include <algorithm>

#include "base/text.h"
#include "operator/api/alert_rule.h"
#include "operator/core/reasons.h"
#include "operator/core/training_job/framework.h"
#include "operator/runtimes/runtime.h"
#include "worker/contract/training_task.h"

namespace visionops::core {

namespace {

Refusal refusal(std::string_view why, std::string message) { return {std::string(why), std::move(message)}; }

/// Settings of the task's own; a table in the task's folder knows them.
std::optional<Refusal> refuse_extra(const api::TrainingJobSpec& spec) {
  const auto tasks = contract::training_tasks();
  const auto task = std::ranges::find(tasks, spec.task, &contract::TrainingTask::task);
  if (!spec.hyperparameters || task == tasks.end()) return std::nullopt;
  Problems problems;
  contract::check_extra(**task, spec.hyperparameters->extra, "spec.hyperparameters.extra", problems);
  if (problems.empty()) return std::nullopt;
  return refusal(reason::kInvalidSpec, describe(problems));
}

std::optional<Refusal> refuse_metric(const contract::TrainingTask& task, const api::TrainingDatasets& sets,
                                     const std::string& field, const std::string& metric) {
  const auto known = contract::reported_metrics(task, sets.val.has_value(), sets.test.has_value());
  const auto all = contract::reported_metrics(task, true, true);
  if (std::ranges::find(known, metric) != known.end()) return std::nullopt;
  const bool needs_set = std::ranges::find(all, metric) != all.end();
  return refusal(reason::kInvalidSpec,
                 field + ": " +
                     (needs_set ? metric + " needs another set (spec.datasets.val or test)"
                                : "no metric is named \"" + metric + "\"; a run reports " + join(known)));
}

/// A rule about a metric that nobody sends would be silent for ever.
std::optional<Refusal> refuse_metrics(const api::TrainingJobSpec& spec) {
  const auto tasks = contract::training_tasks();
  const auto task = std::ranges::find(tasks, spec.task, &contract::TrainingTask::task);
  if (task == tasks.end()) return std::nullopt;
  for (std::size_t i = 0; i < spec.alerts.size(); ++i) {
    const auto rule = api::parse_alert_rule(spec.alerts[i].when);
    if (!rule) continue;
    const std::string field = "spec.alerts[" + std::to_string(i) + "].when";
    if (auto why = refuse_metric(**task, spec.datasets, field, rule->metric)) return why;
  }
  if (!spec.early_stopping) return std::nullopt;
  return refuse_metric(**task, spec.datasets, "spec.earlyStopping.metric", spec.early_stopping->metric);
}

/// The names, and of a family of models its examples.
std::string names_of_models(const runtimes::Runtime& runtime) {
  std::string out;
  for (const auto& model : runtime.models) {
    const auto name = model.pattern.empty() ? model.name : join(model.examples) + " and others like them";
    out += (out.empty() ? "" : ", ") + name;
  }
  return out;
}

std::optional<Refusal> refuse_model(const api::TrainingJobSpec& spec, const runtimes::Runtime& runtime) {
  if (runtimes::find_model(runtime, spec.model, spec.task) != nullptr) return std::nullopt;
  const auto* model = runtimes::find_model(spec.runtime, spec.model);
  if (model == nullptr) {
    return refusal(reason::kUnknownModel, "spec.model: runtime " + spec.runtime + " has no model \"" + spec.model +
                                              "\"; known models: " + names_of_models(runtime));
  }
  return refusal(reason::kUnsupportedTask,
                 "spec.task: " + spec.model + " cannot do " + std::string(enum_name(spec.task)) +
                     "; it does: " + join(model->tasks, ", ", [](Task t) { return enum_name(t); }));
}

std::optional<Refusal> refuse_size(const api::TrainingJobSpec& spec, const runtimes::Runtime& runtime) {
  const auto resources = spec.resources.value_or(api::TrainingResources{});
  const auto beyond = [&](const std::string& field, std::int32_t most, const std::string& unit, std::int32_t asked) {
    return refusal(reason::kUnsupportedResources, "spec.resources." + field + ": runtime " + spec.runtime +
                                                      " trains on at most " + std::to_string(most) + " " + unit +
                                                      ", asked for " + std::to_string(asked));
  };
  if (resources.nodes > runtime.max_nodes) return beyond("nodes", runtime.max_nodes, "node", resources.nodes);
  if (resources.gpus > runtime.max_gpus) return beyond("gpus", runtime.max_gpus, "GPU of a node", resources.gpus);
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> refuse_runtime(const api::TrainingJobSpec& spec, const Platform& platform) {
  const auto* runtime = runtimes::find(spec.runtime);
  if (runtime == nullptr) {
    return refusal(reason::kRuntimeNotAvailable,
                   "spec.runtime: " + spec.runtime + " is not available; available: " + join(runtimes::names()));
  }
  if (auto why = refuse_model(spec, *runtime)) return why;
  if (auto why = refuse_size(spec, *runtime)) return why;
  if (auto why = refuse_framework(spec, *runtime, platform)) return why;
  if (runtime->is_framework()) return std::nullopt;
  if (auto why = refuse_extra(spec)) return why;
  return refuse_metrics(spec);
}

}  // namespace visionops::core
