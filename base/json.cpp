#include "base/json.h"

#include <algorithm>

namespace visionops {

namespace {

/// Byte at which the nesting passes `limit`, or npos. Brackets inside strings do not count.
std::size_t too_deep_at(std::string_view text, std::size_t limit) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '[' || c == '{') {
      if (++depth > limit) return at;
    }
    if ((c == ']' || c == '}') && depth > 0) --depth;
  }
  return std::string_view::npos;
}

/// nlohmann's text without its "[json.exception.parse_error.101] parse error at ...: " prefix.
std::string reason_of(const std::string& what) {
  const auto at = what.find(": ");
  return at == std::string::npos ? what : what.substr(at + 2);
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::size_t max_depth) {
  if (const auto at = too_deep_at(text, max_depth); at != std::string_view::npos) {
    return invalid_error("JSON is nested deeper than " + std::to_string(max_depth) + " levels at byte " +
                         std::to_string(at));
  }
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const Json::parse_error& e) {
    return invalid_error("malformed JSON at byte " + std::to_string(e.byte) + ": " + reason_of(e.what()));
  } catch (const Json::exception& e) {
    return invalid_error("malformed JSON: " + reason_of(e.what()));
  }
}

std::string dump_json(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

bool within_depth(const Json& json, std::size_t limit) {
  if (limit == 0) return false;
  if (!json.is_structured()) return true;
  return std::all_of(json.begin(), json.end(), [limit](const Json& child) { return within_depth(child, limit - 1); });
}

std::string text_of(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

}  // namespace visionops
