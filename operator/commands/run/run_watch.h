// Looks at resources until nothing moves any more.
#pragma once

#include <functional>
#include <set>
#include <vector>

#include "operator/cluster/cluster_api.h"
#include "operator/commands/run/prune.h"
#include "operator/present/settlement.h"

namespace visionops::commands {

struct Watched {
  std::vector<cluster::ObjectKey> keys;  ///< must come to rest
  std::vector<Leaving> leaving;          ///< must go
  /// What others wait for, asked again and again; empty: nobody.
  std::function<std::set<cluster::ObjectKey>()> others;
  int timeout_seconds = 0;  ///< 0: never
};

enum class WatchEnd { AtRest, TimedOut, Interrupted, ClusterLost };

/// Shows all resources of the cluster on stdout meanwhile. A resource that waits may be woken by any other that moves,
/// or by a Pod that ends, and gets a moment when the last of them has come to rest; then it waits for what cannot come
/// here. ClusterLost: the process behind `api` has ended.
WatchEnd watch_until_rest(cluster::ClusterApi& api, const Watched& watched);

/// One for each key, in their order; a resource that is gone has failed.
std::vector<Settlement> settlements(cluster::ClusterApi& api, const std::vector<cluster::ObjectKey>& keys);

/// Datasets, Pipelines, TrainingJobs of all namespaces.
Result<std::vector<cluster::Object>> all_resources(cluster::ClusterApi& api);

}  // namespace visionops::commands
