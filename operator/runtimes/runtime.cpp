#include "operator/runtimes/runtime.h"

#include <algorithm>
#include <stdexcept>

#include "base/fields/text_pattern.h"
#include "base/text.h"
#include "operator/runtimes/runtime_file.h"
#include "worker/contract/training_task.h"

namespace visionops::runtimes {
namespace {

/// What worker/train/tasks has. A model that several tasks know has the best metric of the first.
std::vector<Model> models_of_the_trainer() {
  std::vector<Model> models;
  for (const auto* task : contract::training_tasks()) {
    const auto best = std::ranges::find(task->metrics, task->best_metric, &contract::TrainingMetric::name);
    const bool max = best == task->metrics.end() || best->higher_is_better;
    for (const auto name : task->models) {
      auto it = std::ranges::find(models, name, &Model::name);
      if (it == models.end()) {
        Model model;
        model.name = name;
        model.best_metric = task->best_metric;
        model.best_mode = max ? MetricMode::Max : MetricMode::Min;
        it = models.insert(it, std::move(model));
      }
      it->tasks.push_back(task->task);
    }
  }
  return models;
}

/// A file of the program that is refused is a mistake of the tree, which tests/golden/runtimes finds.
Runtime made_of(const RuntimeFile& file) {
  auto runtime = parse_runtime(file);
  if (!runtime) throw std::logic_error(runtime.error().message);
  if (!runtime->is_framework() && runtime->models.empty()) runtime->models = models_of_the_trainer();
  return std::move(*runtime);
}

std::vector<Runtime> read_all() {
  std::vector<Runtime> out;
  for (const auto& file : runtime_files()) out.push_back(made_of(file));
  return out;
}

bool learns(const Model& model, Task task) { return std::ranges::find(model.tasks, task) != model.tasks.end(); }

bool learns(const Runtime& runtime, Task task) {
  return std::ranges::any_of(runtime.models, [&](const Model& m) { return learns(m, task); });
}

/// The first model that `suits`, those with a name of their own before families.
template <class Suits>
const Model* first_model(const Runtime& runtime, Suits suits) {
  for (const bool family : {false, true}) {
    const auto it =
        std::ranges::find_if(runtime.models, [&](const Model& m) { return m.pattern.empty() != family && suits(m); });
    if (it != runtime.models.end()) return &*it;
  }
  return nullptr;
}

}  // namespace

bool Model::answers_to(std::string_view word) const {
  return pattern.empty() ? name == word : TextPattern(pattern).matches(std::string(word));
}

std::string image_of(const Runtime& runtime) {
  if (!runtime.image.empty() || runtime.run.empty()) return runtime.image;
  return "visionops-runtime-" + runtime.name;
}

std::string laptop_image_of(const Runtime& runtime) {
  return runtime.own_command ? "visionops-runtime-" + runtime.name : image_of(runtime);
}

const std::vector<Runtime>& all() {
  static const std::vector<Runtime> table = read_all();
  return table;
}

const Runtime* find(std::string_view runtime) {
  const auto it = std::ranges::find(all(), runtime, &Runtime::name);
  return it == all().end() ? nullptr : &*it;
}

const Model* find_model(std::string_view runtime, std::string_view model) {
  const auto* known = find(runtime);
  if (known == nullptr) return nullptr;
  return first_model(*known, [&](const Model& m) { return m.answers_to(model); });
}

const Model* find_model(const Runtime& runtime, std::string_view model, Task task) {
  return first_model(runtime, [&](const Model& m) { return learns(m, task) && m.answers_to(model); });
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& runtime : all()) out.push_back(runtime.name);
  return out;
}

std::vector<std::string> task_names() {
  std::vector<std::string> out;
  for (const auto& [task, name] : enum_names<Task>) {
    if (std::ranges::any_of(all(), [task = task](const Runtime& r) { return learns(r, task); })) out.emplace_back(name);
  }
  return out;
}

std::int32_t most_nodes() { return std::ranges::max(all(), {}, &Runtime::max_nodes).max_nodes; }

std::string about_all() {
  return join(all(), " ", [](const Runtime& r) { return r.name + ": " + r.about + "."; });
}

}  // namespace visionops::runtimes
