#include "worker/dataset/text/json_text.h"

#include <simdjson.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include "worker/dataset/text/byte_search.h"

namespace visionops::annotations {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Recursive descent without recursion: the open brackets stand in `open_`.
class Checker {
 public:
  explicit Checker(std::string_view text) : text_(text) {}

  std::optional<JsonFault> run() {
    do {
      skip_space();
      if (!step()) return JsonFault{at_, message_};
    } while (!done_);
    skip_space();
    if (at_ != text_.size()) return JsonFault{at_, "something follows the value"};
    return std::nullopt;
  }

 private:
  enum class Expect { Value, ValueOrEnd, KeyOrEnd, Key, CommaOrEnd };

  bool fail(const char* message) {
    message_ = at_ >= text_.size() ? "the text ends early" : message;
    return false;
  }
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() {
    while (at_ < text_.size() && is_json_space(text_[at_])) ++at_;
  }

  bool step() {
    switch (expect_) {
      case Expect::ValueOrEnd:
        if (peek() == ']') return close(']');
        [[fallthrough]];
      case Expect::Value:
        return value();
      case Expect::KeyOrEnd:
        if (peek() == '}') return close('}');
        [[fallthrough]];
      case Expect::Key:
        return key();
      case Expect::CommaOrEnd:
        return comma_or_end();
    }
    return false;
  }

  bool open(char bracket) {
    if (depth_ == kMaxDepth) return fail("is nested too deeply");
    open_[depth_++] = bracket;
    ++at_;
    expect_ = bracket == '[' ? Expect::ValueOrEnd : Expect::KeyOrEnd;
    return true;
  }

  bool close(char bracket) {
    if (depth_ == 0 || open_[depth_ - 1] != (bracket == ']' ? '[' : '{')) return fail("bracket does not match");
    --depth_;
    ++at_;
    return value_ended();
  }

  bool value_ended() {
    done_ = depth_ == 0;
    expect_ = Expect::CommaOrEnd;
    return true;
  }

  bool comma_or_end() {
    if (peek() == ']' || peek() == '}') return close(peek());
    if (peek() != ',') return fail("expected a comma or the end of the list or object");
    ++at_;
    expect_ = open_[depth_ - 1] == '[' ? Expect::Value : Expect::Key;
    return true;
  }

  bool key() {
    if (peek() != '"') return fail("expected a key in quotes");
    if (!string()) return false;
    skip_space();
    if (peek() != ':') return fail("expected a colon");
    ++at_;
    expect_ = Expect::Value;
    return true;
  }

  bool value() {
    switch (peek()) {
      case '[':
      case '{':
        return open(peek());
      case '"':
        return string() && value_ended();
      case 't':
        return literal("true");
      case 'f':
        return literal("false");
      case 'n':
        return literal("null");
      default:
        return number() && value_ended();
    }
  }

  bool literal(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return fail("expected a value");
    at_ += word.size();
    return value_ended();
  }

  bool string() {
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return fail("control character in a string");
      if (c == '\\' && !escape()) return false;
    }
    return fail("");
  }

  /// On the backslash; leaves at_ on the last character of the escape.
  bool escape() {
    ++at_;
    if (peek() != 'u')
      return std::string_view("\"\\/bfnrt").find(peek()) != std::string_view::npos && peek() != '\0'
                 ? true
                 : fail("unknown escape");
    const int high = unicode();
    if (high < 0 || (high >= 0xdc00 && high < 0xe000)) return fail("malformed \\u escape");
    if (high < 0xd800 || high >= 0xdc00) return true;
    if (text_.substr(at_ + 1, 2) != "\\u") return fail("unpaired surrogate");
    at_ += 2;
    const int low = unicode();
    return low >= 0xdc00 && low < 0xe000 ? true : fail("unpaired surrogate");
  }

  /// On the 'u'; the code unit or -1. Leaves at_ on the last digit.
  int unicode() {
    const std::string_view digits = text_.substr(at_ + 1, 4);
    if (digits.size() != 4) return -1;
    for (const char c : digits) {
      if (!is_hex(c)) return -1;
    }
    int unit = 0;
    std::from_chars(digits.data(), digits.data() + 4, unit, 16);
    at_ += 4;
    return unit;
  }

  bool digits() {
    if (!is_digit(peek())) return false;
    while (is_digit(peek())) ++at_;
    return true;
  }

  bool number() {
    const std::size_t begin = at_;
    if (peek() == '-') ++at_;
    if (peek() == '0') {
      ++at_;
    } else if (!digits()) {
      return fail("expected a value");
    }
    if (is_digit(peek())) return fail("number with a leading zero");
    if (peek() == '.') {
      ++at_;
      if (!digits()) return fail("expected a digit");
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!digits()) return fail("expected a digit");
    }
    if (std::isinf(std::strtod(std::string(text_.substr(begin, at_ - begin)).c_str(), nullptr))) {
      at_ = begin;
      return fail("number is out of range");
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Expect expect_ = Expect::Value;
  std::array<char, kMaxDepth> open_{};
  std::size_t depth_ = 0;
  bool done_ = false;
  std::string message_;
};

/// First byte that is not part of valid UTF-8, found by halving: only called when there is one.
std::size_t invalid_utf8_at(std::string_view text) {
  std::size_t good = 0;
  std::size_t bad = text.size();
  while (bad - good > 1) {
    const std::size_t middle = good + (bad - good) / 2;
    // a prefix may end inside a character: then the next three bytes decide
    bool valid = false;
    for (std::size_t end = middle; end <= std::min(middle + 3, text.size()) && !valid; ++end) {
      valid = simdjson::validate_utf8(text.data(), end);
    }
    (valid ? good : bad) = middle;
  }
  return good;
}

}  // namespace

std::optional<JsonFault> find_json_fault(std::string_view text) {
  if (!simdjson::validate_utf8(text.data(), text.size())) return JsonFault{invalid_utf8_at(text), "invalid UTF-8"};
  return Checker(text).run();
}

void append_json_string(std::string& out, std::string_view value) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json_number(std::string& out, double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

void append_json_number(std::string& out, std::int64_t value) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

}  // namespace visionops::annotations
