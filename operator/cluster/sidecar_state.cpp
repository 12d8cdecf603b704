#include "operator/cluster/sidecar_state.h"

#include <algorithm>

namespace visionops::cluster {

const ContainerState* sidecar_state(const Pod& pod) {
  const auto it = std::find_if(pod.containers.begin(), pod.containers.end(),
                               [](const ContainerState& c) { return c.name == kSidecarContainer; });
  return it == pod.containers.end() ? nullptr : &*it;
}

}  // namespace visionops::cluster
