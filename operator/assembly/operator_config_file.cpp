#include "operator/assembly/operator_config_file.h"

#include <fstream>
#include <iterator>

#include "base/json.h"
#include "operator/manifest/yaml_json.h"

namespace visionops::commands {

namespace {

/// The line of the field, or of the nearest one around it.
int line_of(const local::YamlLines& lines, std::string path) {
  while (true) {
    if (const auto found = lines.find(path); found != lines.end()) return found->second;
    const auto cut = path.find_last_of(".[");
    if (cut == std::string::npos) return 1;
    path.resize(cut);
  }
}

}  // namespace

Result<api::OperatorConfig> read_operator_config(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return not_found_error(file.string() + ": cannot be read");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  Json json;
  local::YamlLines lines;
  local::YamlError error;
  if (!local::parse_yaml(text, 1, json, lines, error)) {
    return invalid_error(file.string() + ":" + std::to_string(error.line) + ": " + error.message);
  }
  if (json.is_null()) json = Json::object();
  Problems problems;
  auto config = api::decode_operator_config(json, problems);
  if (problems.empty()) return config;
  std::string message;
  for (const auto& problem : problems) {
    message += (message.empty() ? "" : "\n") + file.string() + ":" + std::to_string(line_of(lines, problem.path)) +
               ": " + problem.path + " " + problem.message;
  }
  return invalid_error(message);
}

}  // namespace visionops::commands
