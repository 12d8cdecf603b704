// The run that all others are compared with.
#pragma once

#include <map>
#include <string>

#include "tests/sim/world.h"

namespace visionops::sim {

struct Undisturbed {
  std::map<std::string, std::string> state;
  std::map<std::string, std::string> state_without_attempts;
  std::map<std::string, std::string> counts;
  std::map<std::string, std::string> records;
  std::map<std::string, int> writes_by_object;
  int writes = 0;
};

/// Computed once. Throws std::runtime_error when even that run does not end well.
const Undisturbed& undisturbed();

}  // namespace visionops::sim
