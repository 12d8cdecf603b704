// What the Pods of one Job add up to. Pure.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "operator/cluster/workload.h"

namespace visionops::local {

struct JobPods {
  std::vector<const cluster::Pod*> active;       ///< Pending or Running and not being deleted
  std::vector<const cluster::Pod*> terminating;  ///< being deleted and not yet ended
  std::vector<const cluster::Pod*> failed;       ///< ended and counted against the Job
  std::set<std::int32_t> succeeded;              ///< completion indexes
  std::set<std::int32_t> present;                ///< indexes whose Pod name is taken
};

/// `pods` are those whose controller owner is the Job.
JobPods sort_pods(const std::vector<const cluster::Pod*>& pods);

/// The Pod of one index of a Job, ready to be created.
cluster::Pod pod_of(const cluster::Job& job, std::int32_t index);

bool ended(const cluster::Pod& pod);
bool tracked(const cluster::Pod& pod);

}  // namespace visionops::local
