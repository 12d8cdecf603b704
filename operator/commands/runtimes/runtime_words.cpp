#include "operator/commands/runtimes/runtime_words.h"

#include <algorithm>

#include "base/text.h"
#include "operator/runtimes/framework_run_of.h"

namespace visionops::commands {
namespace {

std::string task_words(const std::vector<Task>& tasks) {
  return join(tasks, ", ", [](Task task) { return enum_name(task); });
}

/// "Min eval_loss", as a TrainingJob asks for it.
std::string best_words(const runtimes::Model& model) {
  return std::string(enum_name(model.best_mode)) + " " + model.best_metric;
}

/// Of a family some of its names.
std::string model_words(const runtimes::Model& model) {
  if (model.pattern.empty()) return model.name;
  return model.examples.empty() ? model.name : join(model.examples) + ", ...";
}

std::string layouts_of(const runtimes::Runtime& runtime) {
  std::vector<std::string> layouts;
  for (const auto& [name, task] : runtime.tasks) {
    if (!task.layout.empty() && std::ranges::find(layouts, task.layout) == layouts.end())
      layouts.push_back(task.layout);
  }
  return layouts.empty() ? "-" : join(layouts);
}

std::string defaults_of(const runtimes::Runtime& runtime) {
  std::vector<std::string> words;
  for (const auto& [name, text] : runtimes::default_hyperparameters(runtime, nullptr))
    words.push_back(name + " " + text);
  return join(words);
}

void add(std::vector<std::string>& lines, const std::string& name, const std::string& text) {
  constexpr std::size_t kNames = 13;
  if (!text.empty()) lines.push_back(padded(name, kNames) + single_line(text));
}

Json task_json(const runtimes::Runtime& runtime, Task task) {
  Json out{{"task", enum_name(task)}};
  const auto known = runtime.tasks.find(std::string(enum_name(task)));
  if (known == runtime.tasks.end()) return out;
  out["data"] = known->second.layout;
  out["bestMetric"] = known->second.best_metric;
  out["bestMode"] = enum_name(known->second.best_mode);
  return out;
}

Json names_of_tasks(const std::vector<Task>& tasks) {
  Json out = Json::array();
  for (const auto task : tasks) out.push_back(enum_name(task));
  return out;
}

}  // namespace

Here here(const std::filesystem::path& folder, const runtimes::Runtime& runtime) {
  if (!runtime.is_framework()) return {true, "yes, needs no Python", "", {}};
  const auto environment = runtimes::runtime_environment(folder, runtime);
  if (!environment) return {false, "no", environment.error().message, {}};
  std::string words = environment->own ? "installed, an environment of yours" : "installed";
  if (environment->cpu) words += ", without GPU";
  return {true, words, "", environment->bin};
}

std::vector<Task> tasks_of(const runtimes::Runtime& runtime) {
  std::vector<Task> out;
  for (const auto& [task, name] : enum_names<Task>) {
    const auto learns = [task = task](const runtimes::Model& model) {
      return std::ranges::find(model.tasks, task) != model.tasks.end();
    };
    if (std::ranges::any_of(runtime.models, learns)) out.push_back(task);
  }
  return out;
}

TableRow runtime_row(const runtimes::Runtime& runtime, const Here& here) {
  const auto command = here.way.rfind("visionops runtimes install");
  const std::string words = command == std::string::npos ? here.words : here.words + ": " + here.way.substr(command);
  return {runtime.name, task_words(tasks_of(runtime)), layouts_of(runtime), words};
}

std::vector<std::string> runtime_text(const runtimes::Runtime& runtime, const Here& here) {
  std::vector<std::string> lines;
  add(lines, "name", runtime.name);
  add(lines, "about", runtime.about);
  add(lines, "licence", runtime.licence);
  add(lines, "here", here.way.empty() ? here.words : here.words + ": " + here.way);
  add(lines, "programs", here.bin.string());
  add(lines, "image", runtime.own_command ? "spec.image" : runtimes::image_of(runtime));
  add(lines, "nodes", "at most " + std::to_string(runtime.max_nodes));
  add(lines, "defaults", defaults_of(runtime));
  add(lines, "extra", runtime.extra);
  for (const auto task : tasks_of(runtime)) {
    const auto known = runtime.tasks.find(std::string(enum_name(task)));
    const std::string layout = known == runtime.tasks.end() ? "" : known->second.layout;
    add(lines, "task", std::string(enum_name(task)) + (layout.empty() ? "" : ", data as " + layout));
  }
  for (const auto& model : runtime.models) add(lines, "model", model_words(model));
  if (!runtime.own_command) add(lines, "command", join(runtime.run, " "));
  return lines;
}

Json runtime_json(const runtimes::Runtime& runtime, const Here& here) {
  Json out{{"name", runtime.name},
           {"about", runtime.about},
           {"licence", runtime.licence},
           {"ready", here.ready},
           {"here", here.words},
           {"way", here.way},
           {"programs", here.bin.string()},
           {"image", runtimes::image_of(runtime)},
           {"maxNodes", runtime.max_nodes}};
  out["tasks"] = Json::array();
  for (const auto task : tasks_of(runtime)) out["tasks"].push_back(task_json(runtime, task));
  out["defaults"] = Json::object();
  for (const auto& [name, value] : runtime.defaults) out["defaults"][name] = value;
  out["models"] = Json::array();
  for (const auto& model : runtime.models) out["models"].push_back(model_json(runtime, model));
  return out;
}

TableRow model_row(const runtimes::Runtime& runtime, const runtimes::Model& model) {
  return {model_words(model), runtime.name, task_words(model.tasks), best_words(model),
          model.image_size > 0 ? std::to_string(model.image_size) : "-"};
}

Json model_json(const runtimes::Runtime& runtime, const runtimes::Model& model) {
  Json out{{"name", model.name},
           {"runtime", runtime.name},
           {"tasks", names_of_tasks(model.tasks)},
           {"bestMetric", model.best_metric},
           {"bestMode", enum_name(model.best_mode)},
           {"licence", model.licence.empty() ? runtime.licence : model.licence}};
  if (!model.about.empty()) out["about"] = model.about;
  if (model.image_size > 0) out["imageSize"] = model.image_size;
  if (!model.pattern.empty()) {
    out["pattern"] = model.pattern;
    out["examples"] = model.examples;
  }
  return out;
}

}  // namespace visionops::commands
