// The kinds that the runtime watches, and which of them are reconciled.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "operator/cluster/cluster_api.h"

namespace visionops::runtime {

/// Reconciled kinds; each is one controller in metrics and logs.
inline constexpr std::array kOwnerKinds{cluster::Kind::Dataset, cluster::Kind::Pipeline, cluster::Kind::TrainingJob};
/// Kinds with a cache and a watch.
inline constexpr std::array kWatchedKinds{cluster::Kind::Dataset, cluster::Kind::Pipeline, cluster::Kind::TrainingJob,
                                          cluster::Kind::Job, cluster::Kind::Pod};

constexpr bool is_owner_kind(cluster::Kind kind) {
  for (const auto owner : kOwnerKinds) {
    if (owner == kind) return true;
  }
  return false;
}

/// Watched beside these where Kueue admits Jobs. Nothing waits for its first list: an installation without the
/// kind must not keep the rest from working.
inline constexpr cluster::Kind kQueueKind = cluster::Kind::Workload;

/// The CamelCase name of Kubernetes.
constexpr std::string_view kind_name(cluster::Kind kind) {
  switch (kind) {
    case cluster::Kind::Dataset:
      return "Dataset";
    case cluster::Kind::Pipeline:
      return "Pipeline";
    case cluster::Kind::TrainingJob:
      return "TrainingJob";
    case cluster::Kind::Job:
      return "Job";
    case cluster::Kind::Pod:
      return "Pod";
    case cluster::Kind::Lease:
      return "Lease";
    case cluster::Kind::Workload:
      return "Workload";
    case cluster::Kind::Service:
      return "Service";
  }
  return "Unknown";
}

constexpr std::optional<cluster::Kind> owner_kind(std::string_view name) {
  for (const auto kind : kOwnerKinds) {
    if (kind_name(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace visionops::runtime
