#include "operator/assembly/operator_config_file.h"

#include <fstream>
#include <iterator>

#include "base/json.h"
#include "base/yaml/yaml_json.h"
#include "base/yaml/yaml_problems.h"

namespace visionops::commands {

Result<api::OperatorConfig> read_operator_config(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return not_found_error(file.string() + ": cannot be read");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  Json json;
  YamlLines lines;
  YamlError error;
  if (!parse_yaml(text, 1, json, lines, error)) return refused_yaml(file.string(), error);
  if (json.is_null()) json = Json::object();
  Problems problems;
  auto config = api::decode_operator_config(json, problems);
  if (!problems.empty()) return refused_fields(file.string(), lines, problems);
  return config;
}

}  // namespace visionops::commands
