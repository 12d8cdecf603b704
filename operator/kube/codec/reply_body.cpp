#include "operator/kube/codec/reply_body.h"

#include <optional>

#include "base/json.h"
#include "operator/kube/codec/proto_object.h"

namespace visionops::kube {

Result<cluster::Object> decode_reply(const std::string& body, const Reading& reading, const cluster::ObjectKey& key) {
  const auto json = read_object(body, reading);
  if (!json) return json.error().in(to_string(key));
  auto object = cluster::decode_object(*json);
  if (!object) return retry_error(to_string(key) + ": the reply is another thing: " + object.error().message);
  if (cluster::key_of(*object) == key) return object;
  return retry_error(to_string(key) + ": the reply is about " + to_string(cluster::key_of(*object)));
}

namespace {

Result<cluster::Object> named(Json item, cluster::Kind kind) {
  if (!item.is_object()) return retry_error("the list has an item that is no object");
  item["apiVersion"] = cluster::row_of(kind).api_version;
  item["kind"] = cluster::row_of(kind).name;
  return cluster::decode_object(item);
}

}  // namespace

Result<cluster::Object> decode_item(std::string_view bytes, Encoding encoding, const Reading& reading) {
  auto item =
      encoding == Encoding::Protobuf ? read_proto_item(bytes, reading.kind) : read_object(std::string(bytes), reading);
  if (!item) return item.error();
  return named(std::move(*item), reading.kind);
}

Result<DecodedPage> decode_page(const std::string& body, const Reading& reading) {
  DecodedPage page;
  std::optional<Error> failed;
  const auto rest = read_list(body, reading, [&](Json item) {
    auto object = named(std::move(item), reading.kind);
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
