// v1 Service <-> Kubernetes JSON. For .cpp files of this room.
#pragma once

#include "base/json_fwd.h"
#include "operator/cluster/workload.h"

namespace visionops::cluster {

Json encode_service(const Service& service);
/// `meta` is decoded already.
Service decode_service(const Json& json, api::ObjectMeta meta);

}  // namespace visionops::cluster
