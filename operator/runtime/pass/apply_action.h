// Carries out one action of a decision. Every action may be repeated: a second attempt after a lost
// reply finds its own work and calls it success.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "operator/cluster/cluster_api.h"
#include "operator/core/decision.h"

namespace visionops::runtime {

/// What an action left in the cluster, for the read-your-own-writes gate. Both empty: nothing to wait for.
struct Applied {
  std::optional<cluster::Object> stored;
  cluster::ObjectKey removed;
  std::string removed_uid;
};

/// `resource` is the reconciled object as last read or written; finalizer actions replace it by what
/// the API server stored.
///
/// Errors: Conflict (somebody changed the resource), Retry (also: the name still belongs to a
/// predecessor), Invalid (the name belongs to somebody else for good), or what the API server said.
Result<Applied> apply_action(cluster::ClusterApi& api, const core::Action& action, cluster::Object& resource);

/// True for actions whose meaning depends on a resource that is still as it was read: creations and
/// deletions of other objects. Finalizers carry the resourceVersion themselves.
bool needs_live_resource(const core::Action& action);

/// True for the creation of a child.
bool creates(const core::Action& action);

/// Event reason of a failed action: "FailedCreate", "FailedDelete", "FailedUpdate".
std::string_view failure_reason(const core::Action& action);

}  // namespace visionops::runtime
