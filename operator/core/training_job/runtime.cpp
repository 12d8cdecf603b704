#include "operator/core/training_job/runtime.h"

#include <algorithm>

#include "base/text.h"
#include "operator/core/reasons.h"
#include "worker/contract/training_task.h"

namespace visionops::core {

namespace {

const RuntimeInfo* find_runtime(api::Runtime runtime) {
  const auto& all = available_runtimes();
  const auto it = std::find_if(all.begin(), all.end(), [&](const RuntimeInfo& r) { return r.runtime == runtime; });
  return it == all.end() ? nullptr : &*it;
}

/// What worker/train/tasks has. A model that several tasks know has the best metric of the first.
std::vector<ModelInfo> builtin_models() {
  std::vector<ModelInfo> models;
  for (const auto* task : contract::training_tasks()) {
    const auto best = std::ranges::find(task->metrics, task->best_metric, &contract::TrainingMetric::name);
    const bool max = best == task->metrics.end() || best->higher_is_better;
    for (const auto name : task->models) {
      auto it = std::ranges::find(models, name, &ModelInfo::name);
      if (it == models.end()) {
        it = models.insert(it, {std::string(name), {}, std::string(task->best_metric), max});
      }
      it->tasks.push_back(task->task);
    }
  }
  return models;
}

/// Settings of the task's own; a table in the task's folder knows them.
std::optional<Refusal> refuse_extra(const api::TrainingJobSpec& spec) {
  if (spec.runtime != api::Runtime::Builtin || !spec.hyperparameters) return std::nullopt;
  const auto tasks = contract::training_tasks();
  const auto task = std::ranges::find(tasks, spec.task, &contract::TrainingTask::task);
  Problems problems;
  contract::check_extra(**task, spec.hyperparameters->extra, "spec.hyperparameters.extra", problems);
  if (problems.empty()) return std::nullopt;
  return Refusal{std::string(reason::kInvalidSpec), describe(problems)};
}

}  // namespace

const std::vector<RuntimeInfo>& available_runtimes() {
  static const std::vector<RuntimeInfo> table{{api::Runtime::Builtin, 1, builtin_models()}};
  return table;
}

const ModelInfo* find_model(api::Runtime runtime, const std::string& model) {
  const auto* info = find_runtime(runtime);
  if (!info) return nullptr;
  const auto it =
      std::find_if(info->models.begin(), info->models.end(), [&](const ModelInfo& m) { return m.name == model; });
  return it == info->models.end() ? nullptr : &*it;
}

std::optional<Refusal> refuse_runtime(const api::TrainingJobSpec& spec) {
  const std::string name(enum_name(spec.runtime));
  const auto* runtime = find_runtime(spec.runtime);
  if (!runtime) {
    const auto known = join(available_runtimes(), ", ", [](const RuntimeInfo& r) { return enum_name(r.runtime); });
    return Refusal{std::string(reason::kRuntimeNotAvailable),
                   "spec.runtime: " + name + " is not available; available: " + known};
  }
  const auto* model = find_model(spec.runtime, spec.model);
  if (!model) {
    const auto known = join(runtime->models, ", ", &ModelInfo::name);
    return Refusal{std::string(reason::kUnknownModel),
                   "spec.model: runtime " + name + " has no model \"" + spec.model + "\"; known models: " + known};
  }
  if (std::find(model->tasks.begin(), model->tasks.end(), spec.task) == model->tasks.end()) {
    const auto known = join(model->tasks, ", ", [](Task t) { return enum_name(t); });
    return Refusal{
        std::string(reason::kUnsupportedTask),
        "spec.task: " + spec.model + " cannot do " + std::string(enum_name(spec.task)) + "; it does: " + known};
  }
  const std::int32_t nodes = spec.resources ? spec.resources->nodes : 1;
  if (nodes > runtime->max_nodes) {
    return Refusal{std::string(reason::kUnsupportedResources),
                   "spec.resources.nodes: runtime " + name + " trains on at most " +
                       std::to_string(runtime->max_nodes) + " node, asked for " + std::to_string(nodes)};
  }
  return refuse_extra(spec);
}

}  // namespace visionops::core
