#include "base/relative_path.h"

#include <cctype>

namespace visionops {

namespace {

constexpr std::size_t kMaxPath = 4096;      // PATH_MAX
constexpr std::size_t kMaxComponent = 255;  // NAME_MAX

std::optional<std::string> component_problem(std::string_view name) {
  if (name.empty()) return "has an empty component";
  if (name == ".") return "has a \".\" component";
  if (name == "..") return "leaves its folder by \"..\"";
  if (name.size() > kMaxComponent) return "has a component of more than 255 bytes";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> relative_path_problem(std::string_view path) {
  if (path.empty()) return "is empty";
  if (path.size() > kMaxPath) return "is longer than 4096 bytes";
  if (path.front() == '/') return "is absolute";
  if (path.size() >= 2 && path[1] == ':' && std::isalpha(static_cast<unsigned char>(path[0])) != 0) {
    return "starts with a drive letter";
  }
  for (const char c : path) {
    if (c == '\\') return "has a backslash";
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return "has a control character";
  }
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (auto problem = component_problem(path.substr(begin, end - begin))) return problem;
    begin = end + 1;
  }
  return std::nullopt;
}

}  // namespace visionops
