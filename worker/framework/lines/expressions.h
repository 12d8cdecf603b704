// Expressions of RE2 over lines, many at once, with the words that a line must have for any of them to match.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace visionops::framework {

/// One expression, or Invalid with what RE2 says.
Result<std::unique_ptr<re2::RE2>> compile_expression(const std::string& expression);

/// Words (small letters) of which each line that matches one of the expressions has at least one. An empty word: one of
/// the expressions may match lines with any words.
std::vector<std::string> words_of_expressions(const std::vector<std::string>& expressions);

/// Which of many expressions match, in one pass.
class Expressions {
 public:
  /// Invalid: the first that is no expression.
  static Result<Expressions> make(const std::vector<std::string>& expressions);
  Expressions(Expressions&&) noexcept;
  Expressions& operator=(Expressions&&) noexcept;
  ~Expressions();

  /// Indexes of those that match anywhere in the text, ascending.
  [[nodiscard]] std::vector<std::size_t> matches(std::string_view text) const;
  /// The first of them.
  [[nodiscard]] std::optional<std::size_t> first(std::string_view text) const;
  [[nodiscard]] const std::vector<std::string>& words() const;

 private:
  struct State;
  explicit Expressions(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace visionops::framework
