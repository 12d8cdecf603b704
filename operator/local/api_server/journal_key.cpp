#include "operator/local/api_server/journal_key.h"

#include "base/json.h"

namespace visionops::local {
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
