// A JSON tree as block-style YAML 1.2, in the manner of kubectl: readable, deterministic, and read
// back by any YAML 1.1 or 1.2 parser as the same tree.
#pragma once

#include <string>

#include "base/json_fwd.h"

namespace visionops {

/// Ends with '\n'. Keys keep the tree's order (sorted); lists stand at the column of their key.
/// Strings that another type could be read from are quoted; texts of several lines become literal
/// blocks where that is exact. NaN and infinity become null.
std::string to_yaml(const Json& json);

}  // namespace visionops
