// A regular expression that reads the same in RE2 (the API server) and ECMAScript (here).
#pragma once

#include <memory>
#include <string>

namespace visionops {

/// Immutable after construction: may be matched from any thread.
class TextPattern {
 public:
  TextPattern() = default;
  /// `expression` is anchored with ^ and $. `words` says the same for a person:
  /// "must be lower-case letters, digits and '-'"; empty words fall back to the expression.
  explicit TextPattern(std::string expression, std::string words = "");

  [[nodiscard]] bool empty() const { return compiled_ == nullptr; }
  [[nodiscard]] const std::string& expression() const { return expression_; }
  [[nodiscard]] const std::string& words() const { return words_; }
  /// Texts beyond 4,096 bytes never match: std::regex recurses once per character.
  [[nodiscard]] bool matches(const std::string& text) const;

 private:
  struct Compiled;
  std::string expression_;
  std::string words_;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace visionops
