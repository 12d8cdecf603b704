// How much a YAML text holds, told before a tree is made of it: a tree takes a hundred bytes and more for a text of
// two.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/yaml/yaml_json.h"

namespace visionops {

/// Where the first document of `text` has its value number `most` + 1 (keys count, an alias counts once), or its comma
/// or bracket number 2 * `most` + 1, quoted ones included; nullopt when it has no more, or is malformed before.
/// Linear in the text, and what is kept meanwhile is bounded by `most`.
std::optional<YamlError> more_values_than(std::size_t most, const std::string& text, int first_line = 1);

}  // namespace visionops
