// YAML (and with it JSON) to a typed JSON tree, for files that nobody trusts.
//
// Plain scalars are typed by the YAML 1.2 core schema plus y/n, yes/no and on/off as booleans, because
// kubectl reads them so and a file must mean the same to both; quoted scalars are strings. Duplicate
// keys are refused. Aliases and merge keys are followed, but what they expand to is bounded.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "base/json_fwd.h"
#include "base/result.h"

namespace visionops {

inline constexpr std::size_t kMaxYamlValues = 200'000;  ///< after the expansion of aliases
inline constexpr std::size_t kMaxYamlDepth = 64;

/// Line of each value by its path ("spec.sources[0].dataset"), as Problems spell it; "" is the document.
using YamlLines = std::map<std::string, int>;

/// Why a text is no YAML document, and where.
struct YamlError {
  int line = 0;
  std::string message;
};

/// One document; `first_line` is the line number of its beginning in the file. An empty document is null.
/// Returns false and fills `error` when the text is refused; `out` is then unspecified.
bool parse_yaml(const std::string& text, int first_line, Json& out, YamlLines& lines, YamlError& error);

}  // namespace visionops
