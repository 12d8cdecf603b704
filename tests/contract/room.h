// A room of the house as the plan tells it; the plan itself is written by CMake (rooms_plan.h).
#pragma once

#include <string>
#include <vector>

namespace visionops::contract_tests {

struct Room {
  std::string name;
  std::string folder;              ///< two rooms may share one
  bool pure = false;               ///< no clock, random source, environment, log or file access inside
  std::vector<std::string> links;  ///< names of the rooms whose headers it may include
};

/// Files that CMake may compile as one: those of a library or program, but what is compiled alone.
struct Batch {
  std::string target;
  std::vector<std::string> files;
};

}  // namespace visionops::contract_tests
