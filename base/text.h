// Small things done to text.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace visionops {

/// "a, b, c": each element as `text(element)`, something that a std::string_view can be of.
template <class Range, class Text = std::identity>
std::string join(const Range& range, std::string_view between = ", ", Text text = {}) {
  std::string out;
  bool first = true;
  for (const auto& element : range) {
    if (!first) out += between;
    first = false;
    out += std::string_view(std::invoke(text, element));
  }
  return out;
}

/// Up to four significant digits, without trailing zeros: "0.9531", "12", "1.2e-05".
std::string short_number(double value);

}  // namespace visionops
