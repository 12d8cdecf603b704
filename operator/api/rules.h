// Cross-field checks that several kinds share. Each has a CEL twin in the field tables.
#pragma once

#include <string>

#include "base/fields.h"

namespace visionops::api {

/// No "." or ".." among the parts; an empty path passes.
void check_path(const std::string& value, const std::string& path, Problems& problems);
/// Above zero; an empty quantity passes.
void check_positive_quantity(const std::string& value, const std::string& path, Problems& problems);

/// Adds the finding unless decoding has already complained about that field, something in it, or
/// something around it: one mistake, one message.
void add_unless_covered(const Problem& finding, Problems& problems);

}  // namespace visionops::api
