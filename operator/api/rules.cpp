#include "operator/api/rules.h"

#include <algorithm>

#include "base/quantity.h"

namespace visionops::api {

bool stays_inside_store(const std::string& path) {
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto part = path.substr(begin, end - begin);
    if (part == "." || part == ".." || part == ".visionops") return false;
    begin = end + 1;
  }
  return true;
}

bool is_positive_quantity(const std::string& quantity) {
  return quantity.empty() || parse_quantity(quantity).value_or(0) > 0;  // rounded up: above zero is at least one
}

}  // namespace visionops::api
