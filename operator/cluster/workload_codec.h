// kueue.x-k8s.io/v1beta2 Workload to and from Kubernetes JSON; bodies only: the envelope (metadata) is the
// caller's.
#pragma once

#include "base/json_fwd.h"
#include "operator/cluster/workload.h"

namespace visionops::cluster {

Json encode_workload(const Workload& workload);
/// What cannot be read is absent.
Workload decode_workload(const Json& json, api::ObjectMeta meta);

}  // namespace visionops::cluster
