// Reading fields of small JSON trees that people and tools wrote. PURE.
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace visionops::annotations {

/// nullptr when `object` is no object or has no such member.
inline const Json* member_of(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto at = object.find(key);
  return at == object.end() ? nullptr : &*at;
}

/// A number, at most `far` from zero.
inline std::optional<double> number_in(const Json* value, double far) {
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const auto number = value->get<double>();
  return std::abs(number) <= far ? std::optional(number) : std::nullopt;
}

/// A list of such numbers; nullopt when one is none.
inline std::optional<std::vector<double>> numbers_in(const Json* value, double far) {
  if (value == nullptr || !value->is_array()) return std::nullopt;
  std::vector<double> out;
  out.reserve(value->size());
  for (const auto& entry : *value) {
    const auto number = number_in(&entry, far);
    if (!number) return std::nullopt;
    out.push_back(*number);
  }
  return out;
}

/// null, "", [] and {}: says nothing.
inline bool is_empty_value(const Json& value) {
  return value.is_null() || (value.is_structured() && value.empty()) || (value.is_string() && value == Json(""));
}

}  // namespace visionops::annotations
