#include "operator/api/rules.h"

#include <algorithm>

#include "base/field_doc.h"
#include "base/quantity.h"
#include "operator/api/patterns.h"

namespace visionops::api {

namespace {

/// "spec.sources[0]" is around "spec.sources[0].dataset" but not around "spec.sources[01]".
bool is_around(const std::string& outer, const std::string& inner) {
  if (inner.size() < outer.size() || inner.compare(0, outer.size(), outer) != 0) return false;
  return inner.size() == outer.size() || inner[outer.size()] == '.' || inner[outer.size()] == '[';
}

}  // namespace

void check_path(const std::string& value, const std::string& path, Problems& problems) {
  std::size_t begin = 0;
  while (begin <= value.size()) {
    const auto end = std::min(value.find('/', begin), value.size());
    const auto part = value.substr(begin, end - begin);
    if (part == "." || part == ".." || part == ".visionops") {
      problems.push_back({path, kPathRuleWords});
      return;
    }
    begin = end + 1;
  }
}

void check_positive_quantity(const std::string& value, const std::string& path, Problems& problems) {
  if (value.empty()) return;
  const auto whole = parse_quantity(value);  // rounded up: anything above zero is at least one
  if (!whole) {
    problems.push_back({path, quoted(value) + " " + kQuantityWords});
  } else if (*whole == 0) {
    problems.push_back({path, kPositiveQuantityWords});
  }
}

void add_unless_covered(const Problem& finding, Problems& problems) {
  const bool covered = std::any_of(problems.begin(), problems.end(), [&](const Problem& known) {
    return is_around(finding.path, known.path) || is_around(known.path, finding.path);
  });
  if (!covered) problems.push_back(finding);
}

}  // namespace visionops::api
