// Small COCO documents for tests.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "worker/dataset/formats/coco/coco.h"

namespace visionops::tests {

/// Keys sorted, numbers in one form: 1 and 1.0 and 1e0 are one number.
inline std::string canonical(const nlohmann::json& value) {
  if (value.is_number_float()) {
    const double number = value.get<double>();
    const bool whole = number == static_cast<double>(static_cast<long long>(number)) && number < 1e15 && number > -1e15;
    return whole ? std::to_string(static_cast<long long>(number)) : value.dump();
  }
  if (!value.is_structured()) return value.dump();
  std::string out = value.is_array() ? "[" : "{";
  for (const auto& [key, child] : value.items()) {
    if (value.is_object()) out += nlohmann::json(key).dump() + ":";
    out += canonical(child) + ",";
  }
  return out + (value.is_array() ? "]" : "}");
}
inline std::string canonical(const std::string& text) { return canonical(nlohmann::json::parse(text)); }

/// One image of 100 x 80, two classes, and the given annotations.
inline std::string document(const std::string& annotations) {
  return R"({"images":[{"id":7,"file_name":"a.jpg","width":100,"height":80}],)"
         R"("categories":[{"id":3,"name":"car"},{"id":90,"name":"bus"}],"annotations":[)" +
         annotations + "]}";
}

/// An annotation of that image with `members` added.
inline std::string annotation(const std::string& members, int id = 1) {
  return R"({"id":)" + std::to_string(id) + R"(,"image_id":7,"category_id":3,)" + members + "}";
}

inline Result<annotations::Annotations> read(const std::string& text, annotations::Findings& findings) {
  return annotations::read_coco(text, "annotation.json", findings);
}

}  // namespace visionops::tests
