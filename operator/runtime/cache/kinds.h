// The kinds that the runtime watches, and which of them are reconciled; the table says which (cluster/kinds.h).
#pragma once

#include <optional>
#include <string_view>

#include "operator/cluster/kinds.h"

namespace visionops::runtime {

/// Reconciled kinds; each is one controller in metrics and logs.
inline constexpr auto& kOwnerKinds = cluster::kOurKinds;
/// Kinds with a cache and a watch in every installation.
inline constexpr auto& kWatchedKinds = cluster::kKindsWatchedEverywhere;
/// Watched beside these where Kueue admits Jobs. Nothing waits for their first list: an installation without such
/// a kind must not keep the rest from working.
inline constexpr auto& kQueueKinds = cluster::kKindsWatchedWithKueue;

constexpr bool is_owner_kind(cluster::Kind kind) { return cluster::is_ours(kind); }

constexpr std::optional<cluster::Kind> owner_kind(std::string_view name) {
  const auto kind = cluster::kind_named(name);
  return kind && is_owner_kind(*kind) ? kind : std::nullopt;
}

}  // namespace visionops::runtime
