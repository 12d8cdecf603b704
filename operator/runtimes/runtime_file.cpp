#include "operator/runtimes/runtime_file.h"

#include "base/fields/field_table.h"
#include "base/json.h"
#include "base/yaml/yaml_json.h"
#include "base/yaml/yaml_problems.h"

namespace visionops::runtimes {
namespace {

constexpr const char* kNamePattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$";
constexpr const char* kNameWords = "must be lower case letters, digits and '-'";

std::string_view stem(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  return path.substr(0, path.rfind('.'));
}

}  // namespace

const Table<Model>& Model::fields() {
  static const Table<Model> table{
      field("name", &Model::name, "As spec.model names it.").required().max_length(128),
      field("tasks", &Model::tasks, "What it learns.").required().min_items(1).set(),
      field("bestMetric", &Model::best_metric, "Decides on the best checkpoint when nothing else is asked for.")
          .required()
          .max_length(64),
      field("bestMode", &Model::best_mode, "Whether smaller (Min) or larger (Max) is better."),
  };
  return table;
}

const Table<Runtime>& Runtime::fields() {
  static const Table<Runtime> table{
      field("name", &Runtime::name, "As spec.runtime names it; the name of the file.")
          .required()
          .max_length(63)
          .pattern(kNamePattern, kNameWords),
      field("about", &Runtime::about, "What it is, for the reference.").required().max_length(200),
      field("command", &Runtime::command, "Subcommand of visionops-worker that trains.")
          .required()
          .max_length(63)
          .pattern(kNamePattern, kNameWords),
      field("maxNodes", &Runtime::max_nodes, "The most nodes that it trains on.").range(1, 256),
      field("models", &Runtime::models, "Its models.")
          .default_text("those of the platform's trainer")
          .max_items(1024)
          .map_by("name"),
  };
  return table;
}

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
  if (!problems.empty()) return refused_fields(path, lines, problems);
  return runtime;
}

}  // namespace visionops::runtimes
