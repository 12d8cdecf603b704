#include "operator/cluster/service_codec.h"

#include "operator/cluster/json_reading.h"

namespace visionops::cluster {

using namespace reading;

/// Headless; without ports, for it forwards nothing. The Pods of a training meet before any of them is ready.
Json encode_service(const Service& service) {
  return {{"spec", {{"clusterIP", "None"}, {"publishNotReadyAddresses", true}, {"selector", service.selector}}}};
}

Service decode_service(const Json& json, api::ObjectMeta meta) {
  return {std::move(meta), text_map(at(json, "spec"), "selector")};
}

}  // namespace visionops::cluster
