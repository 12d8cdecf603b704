// What is wrong with a file of YAML, said as compilers say it: "file:line: what".
#pragma once

#include <string>

#include "base/fields/problems.h"
#include "base/result.h"
#include "base/yaml/yaml_json.h"

namespace visionops {

/// Invalid: the text is no YAML.
Error refused_yaml(const std::string& file, const YamlError& error);
/// Invalid: one line a problem, with the line of its field, or of the nearest one around it that the file has.
Error refused_fields(const std::string& file, const YamlLines& lines, const Problems& problems);

}  // namespace visionops
