#include "operator/cluster/seen.h"

#include <optional>

#include "base/json.h"

namespace visionops::cluster {

namespace {

/// "spec.text" as a pointer; keys with dots or slashes are not for these paths.
Json::json_pointer pointer_of(std::string_view path) {
  std::string text = "/" + std::string(path);
  std::ranges::replace(text, '.', '/');
  return Json::json_pointer(text);
}

}  // namespace

ReadTexts read_texts(const Json& object, const ReadPaths& paths) {
  ReadTexts out;
  for (const auto path : paths) {
    if (path.empty()) continue;
    const auto pointer = pointer_of(path);
    if (object.contains(pointer) && object.at(pointer).is_string()) {
      out.emplace(path, object.at(pointer).get<std::string>());
    }
  }
  return out;
}

Json encode_texts(const ReadTexts& texts) {
  Json out = Json::object();
  for (const auto& [path, text] : texts) out[pointer_of(path)] = text;
  return out;
}

}  // namespace visionops::cluster
