// The CEL transition rules of the CRDs ("self == oldSelf"), enforced without a CEL engine.
#pragma once

#include "base/fields/fields.h"
#include "operator/cluster/cluster_api.h"

namespace visionops::local {

/// What a change of the spec from `before` to `after` violates: the fields that the tables of the
/// API declare immutable. As in Kubernetes a rule looks only at fields present on both sides.
Problems check_transition(const cluster::Object& before, const cluster::Object& after);

}  // namespace visionops::local
