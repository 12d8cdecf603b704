// Which resources a change may concern. Level-triggered: too many keys cost a look, a missing one
// costs a user's patience.
#pragma once

#include <set>

#include "operator/runtime/cache/object_cache.h"

namespace visionops::runtime {

/// A reconciled resource wakes itself and whoever refers to it; a Job, a Pod or what else has the labels of a
/// child wakes its owner.
std::set<cluster::ObjectKey> dependents(const Transition& transition, const ObjectCache& cache);

}  // namespace visionops::runtime
