// PodTemplate <-> the spec of a Pod in Kubernetes JSON. For .cpp files of this room.
#pragma once

#include "base/json_fwd.h"
#include "operator/cluster/workload.h"

namespace visionops::cluster {

/// What PodTemplate does not carry is fixed here, so that every Pod passes Pod Security `restricted`:
/// runAsNonRoot, seccompProfile RuntimeDefault, no privilege escalation, no capabilities, read-only
/// root file system, no service account token. restartPolicy is Never.
Json encode_pod_spec(const PodTemplate& pod);
/// Labels are not part of a Pod's spec and stay empty.
PodTemplate decode_pod_spec(const Json& spec);

}  // namespace visionops::cluster
