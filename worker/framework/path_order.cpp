#include "worker/framework/path_order.h"

#include <algorithm>
#include <cstddef>

namespace visionops::framework {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_number(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  auto number = text.substr(0, end);
  text.remove_prefix(end);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

/// Below zero, zero, above: of one name.
int compare(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a[0]) && is_digit(b[0])) {
      const auto x = take_number(a);
      const auto y = take_number(b);
      if (x.size() != y.size()) return x.size() < y.size() ? -1 : 1;
      if (const int by_digits = x.compare(y); by_digits != 0) return by_digits;
      continue;
    }
    if (a[0] != b[0]) return a[0] < b[0] ? -1 : 1;
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return static_cast<int>(!a.empty()) - static_cast<int>(!b.empty());
}

std::string_view take_name(std::string_view& path) {
  const auto slash = path.find('/');
  const auto name = path.substr(0, slash);
  path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  return name;
}

}  // namespace

bool made_before(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (const int order = compare(take_name(a), take_name(b)); order != 0) return order < 0;
  }
  return a.empty() && !b.empty();
}

}  // namespace visionops::framework
