// Container <-> Kubernetes JSON. For .cpp files of this room.
#pragma once

#include "base/json_fwd.h"
#include "operator/cluster/workload.h"

namespace visionops::cluster {

/// A sidecar gets restartPolicy Always and belongs into initContainers (KEP-753).
Json encode_container(const Container& container);
Container decode_container(const Json& json, bool init);

}  // namespace visionops::cluster
