#include "base/fields/problems.h"

#include <algorithm>

namespace visionops {

namespace {

/// "spec.sources[0]" is around "spec.sources[0].dataset" but not around "spec.sources[01]".
bool is_around(const std::string& outer, const std::string& inner) {
  if (inner.size() < outer.size() || inner.compare(0, outer.size(), outer) != 0) return false;
  return inner.size() == outer.size() || inner[outer.size()] == '.' || inner[outer.size()] == '[';
}

}  // namespace

std::string describe(const Problems& problems, std::size_t limit) {
  std::string out;
  for (std::size_t i = 0; i < problems.size() && i < limit; ++i) {
    out += (i > 0 ? "; " : "") + problems[i].path + ": " + problems[i].message;
  }
  if (problems.size() > limit) out += "; and " + std::to_string(problems.size() - limit) + " more";
  return out;
}

void add_unless_covered(const Problem& finding, Problems& problems) {
  const bool covered = std::any_of(problems.begin(), problems.end(), [&](const Problem& known) {
    return is_around(finding.path, known.path) || is_around(known.path, finding.path);
  });
  if (!covered) problems.push_back(finding);
}

}  // namespace visionops
