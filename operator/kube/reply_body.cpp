#include "operator/kube/reply_body.h"

#include <optional>

#include "base/json.h"
#include "operator/kube/rest_path.h"

namespace visionops::kube {

Result<cluster::Object> decode_reply(const std::string& body, const std::string& what) {
  const Json json = Json::parse(body, nullptr, false);
  if (json.is_discarded()) return retry_error(what + ": the reply is not JSON");
  return cluster::decode_object(json);
}

Result<DecodedPage> decode_page(const std::string& body, cluster::Kind kind) {
  constexpr int kItemDepth = 2;
  const std::string name = kind_name(kind);
  const std::string version = api_version(kind);
  DecodedPage page;
  std::optional<Error> failed;
  bool in_items = false;
  // Item by item: the tree of a whole page would be the most memory that the process ever takes.
  const auto take = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::key && depth == 1) in_items = parsed == "items";
    if (event != Json::parse_event_t::object_end || depth != kItemDepth || !in_items) return true;
    // Items of a list carry no apiVersion and kind of their own.
    parsed["apiVersion"] = version;
    parsed["kind"] = name;
    auto object = cluster::decode_object(parsed);
    if (object)
      page.items.push_back(std::move(*object));
    else if (!failed)
      failed = object.error();
    return false;
  };
  const Json rest = Json::parse(body, take, false);
  if (!rest.is_object()) return retry_error("list: the reply is not JSON");
  if (failed) return *failed;
  page.resource_version = rest.value("/metadata/resourceVersion"_json_pointer, std::string());
  page.next = rest.value("/metadata/continue"_json_pointer, std::string());
  return page;
}

}  // namespace visionops::kube
