// Findings of decoding and validation: where and what, both fit for a person.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace visionops {

struct Problem {
  std::string path;     ///< "spec.sources[0].dataset.name"
  std::string message;  ///< "is required"
  bool operator==(const Problem&) const = default;
};
using Problems = std::vector<Problem>;

/// "path: message; path: message; and 3 more" with at most `limit` findings spelled out.
std::string describe(const Problems& problems, std::size_t limit = 3);

/// Adds the finding unless there is one already about that field, something in it, or something around it: one
/// mistake, one message.
void add_unless_covered(const Problem& finding, Problems& problems);

}  // namespace visionops
