// The words of docs/conditions.md.
#pragma once

#include <set>
#include <string>

namespace visionops::core {

/// The first cell of every table row.
const std::set<std::string>& documented_words();

}  // namespace visionops::core
