#include "operator/local/api_server/kind_names.h"

#include "base/json.h"

namespace visionops::local {
namespace {

std::string text_of(const Json& json, const char* field) {
  const auto it = json.find(field);
  return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
}

}  // namespace

Json to_json(const cluster::ObjectKey& key) {
  return {{"kind", cluster::kind_name(key.kind)}, {"namespace", key.namespace_}, {"name", key.name}};
}

Result<cluster::ObjectKey> key_from_json(const Json& json) {
  if (!json.is_object()) return invalid_error("the key of an object must be a mapping");
  const auto kind = cluster::kind_named(text_of(json, "kind"));
  if (!kind) return invalid_error("unknown kind \"" + text_of(json, "kind") + "\"");
  return cluster::ObjectKey{*kind, text_of(json, "namespace"), text_of(json, "name")};
}

}  // namespace visionops::local
