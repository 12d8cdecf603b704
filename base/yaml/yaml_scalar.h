// The type of a plain YAML scalar.
#pragma once

#include <string>

#include "base/json.h"

namespace visionops {

/// null, boolean, integer, number or string. Infinity and NaN, which JSON cannot carry, stay strings.
Json plain_scalar(const std::string& text);

}  // namespace visionops
