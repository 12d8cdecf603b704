// The variables that a trainer gets: those of its image and its runtime, and none of the platform's.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace visionops::exec {

struct TrainerEnvironment {
  std::vector<std::string> variables;  ///< NAME=VALUE, by name
  std::vector<std::string> left_out;   ///< names of variables out of Secrets that do not look like credentials
};

/// `inherited` without VISIONOPS_* (what a run is told, its address and token; VISIONOPS_STORES stays) and without keys
/// of stores; with what came out of Secrets under its own name (contract/secret_variables.h), where nothing has that
/// name yet; then `added`; and last what makes Python tell at once what it has to tell.
TrainerEnvironment trainer_environment(char** inherited, const std::map<std::string, std::string>& added);

}  // namespace visionops::exec
