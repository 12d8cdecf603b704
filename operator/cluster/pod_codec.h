// v1 Pod <-> Kubernetes JSON. For .cpp files of this room.
#pragma once

#include "base/json_fwd.h"
#include "operator/cluster/workload.h"

namespace visionops::cluster {

Json encode_pod(const Pod& pod);
/// `meta` is decoded already. The scheduler's words (condition PodScheduled, reason Unschedulable) and
/// those of a disruption become .message when the Pod itself has none.
Pod decode_pod(const Json& json, api::ObjectMeta meta);

}  // namespace visionops::cluster
