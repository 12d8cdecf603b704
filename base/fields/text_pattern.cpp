#include "base/fields/text_pattern.h"

#include <regex>

namespace visionops {

struct TextPattern::Compiled {
  std::regex regex;
};

TextPattern::TextPattern(std::string expression, std::string words)
    : expression_(std::move(expression)),
      words_(words.empty() ? "must match " + expression_ : std::move(words)),
      compiled_(std::make_shared<const Compiled>(Compiled{std::regex(expression_, std::regex::optimize)})) {}

bool TextPattern::matches(const std::string& text) const {
  constexpr std::size_t kLongest = 4096;
  return compiled_ == nullptr || (text.size() <= kLongest && std::regex_match(text, compiled_->regex));
}

}  // namespace visionops
