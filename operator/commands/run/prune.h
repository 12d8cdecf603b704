// Which resources `visionops run --prune` removes.
#pragma once

#include <vector>

#include "operator/cluster/cluster_api.h"

namespace visionops::commands {

/// Those of `objects` in a namespace of `wanted`, or in `namespace_`, that are not wanted. A Dataset that a Pipeline
/// made has no manifest and stays. PURE.
std::vector<cluster::ObjectKey> without_manifest(const std::vector<cluster::Object>& objects,
                                                 const std::vector<cluster::ObjectKey>& wanted,
                                                 const std::string& namespace_);

/// Lists them and asks at the terminal; true at once with `yes`. Invalid where nobody can answer.
Result<bool> may_prune(const std::vector<cluster::ObjectKey>& keys, bool yes);

}  // namespace visionops::commands
