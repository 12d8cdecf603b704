// What the API server sends as protobuf, read into the same trees as object_json.h makes of JSON; of Jobs and Pods
// only, without what nobody here looks at. It costs the API server and the reader a fraction of what JSON does. PURE.
#pragma once

#include <string>
#include <string_view>

#include "base/json_fwd.h"
#include "base/result.h"
#include "operator/kube/codec/object_json.h"

namespace visionops::kube {

/// What to ask for (Accept): protobuf where it can be read, and JSON, which every server has.
std::string accepted_list(const Reading& reading);
std::string accepted_events(const Reading& reading);

/// A frame of a watch: {"type": ..., "object": {...}}; the object of an ERROR is a Status. Retry for what cannot be
/// read. https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
Result<Json> read_proto_event(std::string_view frame, cluster::Kind kind);
/// An object of a list. Its kind stands nowhere in it.
Result<Json> read_proto_item(std::string_view bytes, cluster::Kind kind);
/// The body of a refusal.
Result<Json> read_proto_status(std::string_view body);

}  // namespace visionops::kube
