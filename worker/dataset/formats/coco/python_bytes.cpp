#include "worker/dataset/formats/coco/python_bytes.h"

#include <charconv>

namespace visionops::annotations {

namespace {

/// One escape after its backslash; `text` begins behind that.
std::optional<char> take_escape(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const char c = text.front();
  text.remove_prefix(1);
  if (c == 'n') return '\n';
  if (c == 't') return '\t';
  if (c == 'r') return '\r';
  if (c != 'x') return c == '\\' || c == '\'' || c == '"' ? std::optional(c) : std::nullopt;
  unsigned value = 0;
  if (text.size() < 2) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 2, value, 16);
  if (error != std::errc() || end != text.data() + 2) return std::nullopt;
  text.remove_prefix(2);
  return static_cast<char>(value);
}

}  // namespace

std::optional<std::string> python_bytes(std::string_view text) {
  if (text.size() < 3 || text[0] != 'b' || (text[1] != '\'' && text[1] != '"') || text.back() != text[1]) {
    return std::nullopt;
  }
  text = text.substr(2, text.size() - 3);
  std::string out;
  while (!text.empty()) {
    char c = text.front();
    text.remove_prefix(1);
    if (c == '\\') {
      const auto escaped = take_escape(text);
      if (!escaped) return std::nullopt;
      c = *escaped;
    }
    out += c;
  }
  return out;
}

}  // namespace visionops::annotations
