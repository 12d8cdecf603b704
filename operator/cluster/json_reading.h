// Tolerant reading of Kubernetes JSON that an API server has already validated: what is absent or of
// another type reads as the default. For .cpp files of this room.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"

namespace visionops::cluster::reading {

/// The member, or null when `json` is no object or has no such member.
inline const Json& at(const Json& json, const char* key) {
  static const Json null;
  if (!json.is_object()) return null;
  const auto it = json.find(key);
  return it == json.end() ? null : *it;
}

inline std::string text(const Json& json, const char* key) {
  const Json& value = at(json, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

/// Out of range counts as absent.
template <class I>
std::optional<I> integer(const Json& json, const char* key) {
  const Json& value = at(json, key);
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    return std::in_range<I>(number) ? std::optional<I>(static_cast<I>(number)) : std::nullopt;
  }
  const auto number = value.get<std::int64_t>();
  return std::in_range<I>(number) ? std::optional<I>(static_cast<I>(number)) : std::nullopt;
}

inline bool flag(const Json& json, const char* key) {
  const Json& value = at(json, key);
  return value.is_boolean() && value.get<bool>();
}

inline std::optional<TimePoint> time(const Json& json, const char* key) { return parse_time(text(json, key)); }

inline std::vector<std::string> texts(const Json& json, const char* key) {
  std::vector<std::string> out;
  for (const auto& item : at(json, key)) {
    if (item.is_string()) out.push_back(item.get<std::string>());
  }
  return out;
}

/// Values that are numbers (quantities may be written so) are taken as their text.
inline std::map<std::string, std::string> text_map(const Json& json, const char* key) {
  std::map<std::string, std::string> out;
  const Json& map = at(json, key);
  if (!map.is_object()) return out;
  for (const auto& [name, value] : map.items()) {
    if (value.is_string()) out[name] = value.get<std::string>();
    if (value.is_number()) out[name] = value.dump();
  }
  return out;
}

/// The items of a list; anything else is empty.
inline const Json& list(const Json& json, const char* key) {
  static const Json empty = Json::array();
  const Json& value = at(json, key);
  return value.is_array() ? value : empty;
}

inline void put(Json& out, const char* key, const std::string& value) {
  if (!value.empty()) out[key] = value;
}
inline void put(Json& out, const char* key, const std::vector<std::string>& value) {
  if (!value.empty()) out[key] = value;
}
inline void put(Json& out, const char* key, const std::map<std::string, std::string>& value) {
  if (!value.empty()) out[key] = value;
}
inline void put(Json& out, const char* key, const std::optional<TimePoint>& value) {
  if (value) out[key] = format_time(*value);
}
inline void put(Json& out, const char* key, const std::optional<std::int64_t>& value) {
  if (value) out[key] = *value;
}

}  // namespace visionops::cluster::reading
