// What a shell may complete behind a verb: kinds, and resources that exist.
#pragma once

#include <string>
#include <vector>

namespace visionops::commands {

/// See cli::ObjectNames. Reads the folder of --data or $VISIONOPS_DATA; without a cluster there are only kinds.
std::vector<std::string> resource_completions(const std::vector<std::string>& words);

}  // namespace visionops::commands
