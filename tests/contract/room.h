// A room of the house as the plan tells it; the plan itself is written by CMake (rooms_plan.h).
#pragma once

#include <string>
#include <vector>

namespace visionops::contract_tests {

struct Room {
  std::string folder;
  bool pure = false;                     ///< no clock, random source, environment, log or file access inside
  std::vector<std::string> may_include;  ///< folders of the rooms that it links
};

}  // namespace visionops::contract_tests
