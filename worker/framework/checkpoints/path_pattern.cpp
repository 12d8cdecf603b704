#include "worker/framework/checkpoints/path_pattern.h"

#include <cstddef>

namespace visionops::framework {

bool matches(std::string_view pattern, std::string_view path) {
  std::size_t p = 0;
  std::size_t at = 0;
  std::size_t star = std::string_view::npos;  // the last '*', and how far it reaches
  std::size_t reach = 0;
  while (at < path.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      reach = at;
    } else if (p < pattern.size() && pattern[p] == path[at]) {
      ++p;
      ++at;
    } else if (star != std::string_view::npos && path[reach] != '/') {
      p = star + 1;
      at = ++reach;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace visionops::framework
