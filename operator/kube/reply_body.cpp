#include "operator/kube/reply_body.h"

#include "base/json.h"

namespace visionops::kube {

Result<cluster::Object> decode_reply(const std::string& body, const std::string& what) {
  const Json json = Json::parse(body, nullptr, false);
  if (json.is_discarded()) return retry_error(what + ": the reply is not JSON");
  return cluster::decode_object(json);
}

Result<std::string> append_page(const std::string& body, cluster::ObjectList& out) {
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return retry_error("list: the reply is not JSON");
  const std::string api_version = json.value("apiVersion", std::string());
  std::string kind = json.value("kind", std::string());
  if (kind.ends_with("List")) kind.resize(kind.size() - 4);
  for (Json item : json.value("items", Json::array())) {
    // Items of a list carry no apiVersion and kind of their own.
    item["apiVersion"] = api_version;
    item["kind"] = kind;
    auto object = cluster::decode_object(item);
    if (!object) return object.error();
    out.items.push_back(std::move(*object));
  }
  out.resource_version = json.value("/metadata/resourceVersion"_json_pointer, std::string());
  return json.value("/metadata/continue"_json_pointer, std::string());
}

}  // namespace visionops::kube
