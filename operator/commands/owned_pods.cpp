#include "operator/commands/owned_pods.h"

#include <algorithm>

#include "operator/core/reconcile.h"

namespace visionops::commands {

std::vector<cluster::Pod> owned_pods(cluster::ClusterApi& api, const cluster::ObjectKey& owner) {
  const auto found =
      api.list(cluster::Kind::Pod, {owner.namespace_,
                                    {{std::string(core::kOwnerKindLabel), std::string(kind_name(owner.kind))},
                                     {std::string(core::kOwnerNameLabel), owner.name}}});
  std::vector<cluster::Pod> pods;
  if (!found) return pods;
  for (const auto& object : found->items) {
    if (const auto* pod = std::get_if<cluster::Pod>(&object)) pods.push_back(*pod);
  }
  std::stable_sort(pods.begin(), pods.end(),
                   [](const auto& a, const auto& b) { return a.meta.creation_timestamp > b.meta.creation_timestamp; });
  return pods;
}

}  // namespace visionops::commands
