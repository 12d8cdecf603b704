#include "operator/kube/reply_body.h"

#include <optional>

#include "base/json.h"
#include "operator/kube/rest_path.h"

namespace visionops::kube {

Result<cluster::Object> decode_reply(const std::string& body, const Reading& reading, const std::string& what) {
  const auto json = read_object(body, reading);
  if (!json) return json.error().in(what);
  return cluster::decode_object(*json);
}

Result<DecodedPage> decode_page(const std::string& body, const Reading& reading) {
  const std::string name = kind_name(reading.kind);
  const std::string version = api_version(reading.kind);
  DecodedPage page;
  std::optional<Error> failed;
  const auto rest = read_list(body, reading, [&](Json item) {
    if (!item.is_object()) return;
    // Items of a list carry no apiVersion and kind of their own.
    item["apiVersion"] = version;
    item["kind"] = name;
    auto object = cluster::decode_object(item);
    if (object)
      page.items.push_back(std::move(*object));
    else if (!failed)
      failed = object.error();
  });
  if (!rest) return rest.error().in("list");
  if (failed) return *failed;
  page.resource_version = rest->value("/metadata/resourceVersion"_json_pointer, std::string());
  page.next = rest->value("/metadata/continue"_json_pointer, std::string());
  return page;
}

}  // namespace visionops::kube
