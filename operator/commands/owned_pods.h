// The Pods behind a resource, newest attempt first.
#pragma once

#include <vector>

#include "operator/cluster/cluster_api.h"

namespace visionops::commands {

std::vector<cluster::Pod> owned_pods(cluster::ClusterApi& api, const cluster::ObjectKey& owner);

}  // namespace visionops::commands
