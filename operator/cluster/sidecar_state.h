// Our sidecar among the containers of a Pod.
#pragma once

#include <string_view>

#include "operator/cluster/workload.h"

namespace visionops::cluster {

/// Its name; others may have injected theirs.
inline constexpr std::string_view kSidecarContainer = "sidecar";

/// nullptr when the Pod has none, or none was reported yet.
const ContainerState* sidecar_state(const Pod& pod);

}  // namespace visionops::cluster
