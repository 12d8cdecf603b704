#include "operator/runtimes/runtime_file.h"

#include "base/fields/field_table.h"
#include "base/json.h"
#include "base/yaml/yaml_json.h"
#include "base/yaml/yaml_problems.h"
#include "operator/runtimes/runtime_rules.h"

namespace visionops::runtimes {
namespace {

std::string_view stem(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  return path.substr(0, path.rfind('.'));
}

/// A model that names no metric has that of its first task.
void set_metrics(Runtime& runtime) {
  for (auto& model : runtime.models) {
    if (!model.best_metric.empty() || model.tasks.empty()) continue;
    const auto task = runtime.tasks.find(std::string(enum_name(model.tasks.front())));
    if (task == runtime.tasks.end()) continue;
    model.best_metric = task->second.best_metric;
    model.best_mode = task->second.best_mode;
  }
}

}  // namespace

Result<Runtime> parse_runtime(const RuntimeFile& file) {
  const std::string path(file.path);
  Json json;
  YamlLines lines;
  YamlError error;
  if (!parse_yaml(std::string(file.text), 1, json, lines, error)) return refused_yaml(path, error);
  Problems problems;
  auto runtime = decode_fields<Runtime>(json, "", problems);
  if (problems.empty() && runtime.name != stem(file.path)) {
    problems.push_back({"name", "must be " + std::string(stem(file.path)) + ", as the file is called"});
  }
  if (problems.empty()) {
    set_metrics(runtime);
    problems = broken_rules(runtime);
  }
  if (!problems.empty()) return refused_fields(path, lines, problems);
  return runtime;
}

}  // namespace visionops::runtimes
