// JSON as Python writes it: with the bare words NaN and Infinity, which JSON does not have.
#pragma once

#include <optional>
#include <string_view>

#include "base/json_fwd.h"

namespace visionops::framework {

/// nullopt: no JSON even so. The words come back as texts ("NaN", "Infinity", "-Infinity"), which json_number reads.
std::optional<Json> parse_python_json(std::string_view text);

/// A number, or a text that is one; nullopt for everything else.
std::optional<double> json_number(const Json& value);
std::optional<double> number_in(const Json& object, const char* key);

}  // namespace visionops::framework
