#include "base/yaml/yaml_problems.h"

#include "base/text.h"

namespace visionops {
namespace {

int nearest_line(const YamlLines& lines, std::string path) {
  while (true) {
    if (const auto found = lines.find(path); found != lines.end()) return found->second;
    const auto cut = path.find_last_of(".[");
    if (cut == std::string::npos) return 1;
    path.resize(cut);
  }
}

}  // namespace

Error refused_yaml(const std::string& file, const YamlError& error) {
  return invalid_error(file + ":" + std::to_string(error.line) + ": " + error.message);
}

Error refused_fields(const std::string& file, const YamlLines& lines, const Problems& problems) {
  return invalid_error(join(problems, "\n", [&](const Problem& problem) {
    return file + ":" + std::to_string(nearest_line(lines, problem.path)) + ": " + problem.path + " " + problem.message;
  }));
}

}  // namespace visionops
