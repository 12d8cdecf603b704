// Which resources `visionops run --prune` removes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "operator/cluster/cluster_api.h"

namespace visionops::commands {

/// A resource as somebody was asked about it: what bears its name later may be another one.
struct Leaving {
  cluster::ObjectKey key;
  std::string uid;
  std::int64_t generation = 0;
};

/// Those of `objects` in a namespace of `wanted`, or in `namespace_`, that are not wanted. A Dataset that a Pipeline
/// made has no manifest and stays. PURE.
std::vector<Leaving> without_manifest(const std::vector<cluster::Object>& objects,
                                      const std::vector<cluster::ObjectKey>& wanted, const std::string& namespace_);

/// Lists them and asks at the terminal; true at once with `yes`. Invalid where nobody can answer.
Result<bool> may_prune(const std::vector<Leaving>& all, bool yes);

/// Whether it was removed now; false: somebody else did. Conflict when it was changed or made anew since it was asked
/// about: then it stays.
Result<bool> prune(cluster::ClusterApi& api, const Leaving& leaving);

}  // namespace visionops::commands
