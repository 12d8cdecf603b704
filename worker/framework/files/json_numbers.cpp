#include "worker/framework/files/json_numbers.h"

#include <array>
#include <string>

#include "base/json.h"
#include "worker/framework/lines/numbers.h"

namespace visionops::framework {

namespace {

/// The bare word at the beginning of the text; empty: none.
std::string_view bare_word(std::string_view text) {
  for (const std::string_view word : {"NaN", "Infinity", "-Infinity"}) {
    if (text.starts_with(word)) return word;
  }
  return {};
}

std::string with_quoted_words(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 64);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\' && i + 1 < text.size()) {
      out += text.substr(i++, 2);
      continue;
    }
    if (text[i] == '"') quoted = !quoted;
    const auto word = quoted ? std::string_view{} : bare_word(text.substr(i));
    if (word.empty()) {
      out += text[i];
      continue;
    }
    out += '"';
    out += word;
    out += '"';
    i += word.size() - 1;
  }
  return out;
}

}  // namespace

std::optional<Json> parse_python_json(std::string_view text) {
  const bool python = text.find("NaN") != std::string_view::npos || text.find("Infinity") != std::string_view::npos;
  auto json = python ? parse_json(with_quoted_words(text)) : parse_json(text);
  if (!json) return std::nullopt;
  return std::move(*json);
}

std::optional<double> json_number(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return number_of(value.get_ref<const std::string&>());
  return std::nullopt;
}

std::optional<double> number_in(const Json& object, const char* key) {
  const auto member = object.find(key);
  return member == object.end() ? std::nullopt : json_number(*member);
}

}  // namespace visionops::framework
