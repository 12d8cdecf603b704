#include <cctype>

#include "tests/contract/cpp_text.h"

namespace visionops::contract_tests {
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

namespace {

class Blanked {
 public:
  explicit Blanked(std::string_view text) : text_(text), out_(text) {}

  std::string take() {
    while (at_ < text_.size()) step();
    return std::move(out_);
  }

 private:
  bool here(std::string_view word) const { return text_.substr(at_).starts_with(word); }

  void step() {
    if (here("//")) return blank_until(text_.find('\n', at_));
    if (here("/*")) return blank_until(after("*/", at_ + 2));
    if (here("\"")) return raw_before() ? raw_string() : quoted('"');
    // 1'000 is a number.
    if (here("'") && (at_ == 0 || !is_word(text_[at_ - 1]))) return quoted('\'');
    ++at_;
  }

  std::size_t after(std::string_view end, std::size_t from) const {
    const std::size_t found = text_.find(end, from);
    return found == std::string_view::npos ? text_.size() : found + end.size();
  }

  void blank_until(std::size_t end) {
    for (end = std::min(end, text_.size()); at_ < end; ++at_) {
      if (out_[at_] != '\n') out_[at_] = ' ';
    }
  }

  bool raw_before() const {
    return at_ > 0 && text_[at_ - 1] == 'R' && (at_ == 1 || !is_word(text_[at_ - 2]) || text_[at_ - 2] == '8');
  }

  void raw_string() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) return blank_until(text_.size());
    const std::string end = ")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"";
    const std::size_t last = after(end, open) - 1;
    ++at_;
    blank_until(last);
    ++at_;
  }

  void quoted(char end) {
    std::size_t last = at_ + 1;
    while (last < text_.size() && text_[last] != end && text_[last] != '\n') last += text_[last] == '\\' ? 2 : 1;
    ++at_;
    blank_until(last);
    ++at_;
  }

  std::string_view text_;
  std::string out_;
  std::size_t at_ = 0;
};

}  // namespace

std::string without_comments(std::string_view text) { return Blanked(text).take(); }

}  // namespace visionops::contract_tests
