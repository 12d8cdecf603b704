// coordination.k8s.io/v1 Lease <-> Kubernetes JSON. For .cpp files of this room.
#pragma once

#include "base/json_fwd.h"
#include "operator/cluster/workload.h"

namespace visionops::cluster {

/// Times are MicroTime; VisionOps fills milliseconds.
Json encode_lease(const Lease& lease);
/// `meta` is decoded already.
Lease decode_lease(const Json& json, api::ObjectMeta meta);

}  // namespace visionops::cluster
