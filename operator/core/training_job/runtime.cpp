#include "operator/core/training_job/runtime.h"

#include <algorithm>

#include "base/text.h"
#include "operator/core/reasons.h"
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

}  // namespace

std::optional<Refusal> refuse_runtime(const api::TrainingJobSpec& spec) {
  const auto* runtime = runtimes::find(spec.runtime);
  if (runtime == nullptr) {
    return refusal(reason::kRuntimeNotAvailable,
                   "spec.runtime: " + spec.runtime + " is not available; available: " + join(runtimes::names()));
  }
  const auto* model = runtimes::find_model(spec.runtime, spec.model);
  if (model == nullptr) {
    return refusal(reason::kUnknownModel,
                   "spec.model: runtime " + spec.runtime + " has no model \"" + spec.model +
                       "\"; known models: " + join(runtime->models, ", ", &runtimes::Model::name));
  }
  if (std::ranges::find(model->tasks, spec.task) == model->tasks.end()) {
    return refusal(reason::kUnsupportedTask,
                   "spec.task: " + spec.model + " cannot do " + std::string(enum_name(spec.task)) +
                       "; it does: " + join(model->tasks, ", ", [](Task t) { return enum_name(t); }));
  }
  const std::int32_t nodes = spec.resources ? spec.resources->nodes : 1;
  if (nodes > runtime->max_nodes) {
    return refusal(reason::kUnsupportedResources, "spec.resources.nodes: runtime " + spec.runtime +
                                                      " trains on at most " + std::to_string(runtime->max_nodes) +
                                                      " node, asked for " + std::to_string(nodes));
  }
  return refuse_extra(spec);
}

}  // namespace visionops::core
