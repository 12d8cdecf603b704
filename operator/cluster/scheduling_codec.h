// Where the Pods of a template may run and who goes first: node selector, tolerations, affinity, priority. PURE.
#pragma once

#include "base/json_fwd.h"
#include "operator/cluster/workload.h"

namespace visionops::cluster {

/// Adds the members to the spec of a Pod.
void encode_scheduling(const PodTemplate& pod, Json& spec);
void decode_scheduling(const Json& spec, PodTemplate& pod);

}  // namespace visionops::cluster
