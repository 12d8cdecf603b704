// The SQL migrations of operator/record/migrations/, embedded into the program at build time.
#pragma once

#include <string>
#include <vector>

namespace visionops::record {

struct Migration {
  int version = 0;
  std::string name;
  std::string sql;
};

/// Sorted by version, without gaps.
const std::vector<Migration>& embedded_migrations();

}  // namespace visionops::record
