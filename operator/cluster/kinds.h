// The Kubernetes kinds of VisionOps: one table, one row a kind. Names, paths, rights, codec, caches, watches and the
// words of the command line follow from it; a kind without a row, or a row without a codec, does not compile.
// All kinds are namespaced.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

#include "operator/api/dataset.h"
#include "operator/api/pipeline.h"
#include "operator/api/training_job.h"
#include "operator/cluster/job_codec.h"
#include "operator/cluster/kind_row.h"
#include "operator/cluster/lease_codec.h"
#include "operator/cluster/pod_codec.h"
#include "operator/cluster/service_codec.h"
#include "operator/cluster/workload_codec.h"

namespace visionops::cluster {

/// The order is that of the alternatives of Object, and in which tables and messages name the kinds.
inline constexpr std::tuple kTable{
    ours<api::Dataset>(api::decode_dataset, kCreate),
    ours<api::Pipeline>(api::decode_pipeline),
    ours<api::TrainingJob>(api::decode_training_job),
    Theirs<Job>{{"Job", "jobs", "", "batch/v1", kRead | kCreate | kDelete}, encode_job, decode_job},
    Theirs<Pod>{{"Pod", "pods", "po", "v1", kRead}, encode_pod, decode_pod},
    // Its rights are for one name in the namespace of the operator (templates/rbac.yaml of the chart).
    Theirs<Lease>{{"Lease", "leases", "", "coordination.k8s.io/v1", kNothing}, encode_lease, decode_lease},
    Theirs<Workload>{{"Workload", "workloads", "wl", "kueue.x-k8s.io/v1beta2", kList | kWatch, Where::WithKueue},
                     encode_workload,
                     decode_workload},
    Theirs<Service>{{"Service", "services", "svc", "v1", kGet | kCreate}, encode_service, decode_service},
};

using Object = VariantOf<decltype(kTable)>;

/// A place in the table; a name only for kinds that code speaks of.
enum class Kind : std::uint8_t {
  Dataset = place_of<api::Dataset>(kTable),
  Pipeline = place_of<api::Pipeline>(kTable),
  TrainingJob = place_of<api::TrainingJob>(kTable),
  Job = place_of<cluster::Job>(kTable),
  Pod = place_of<cluster::Pod>(kTable),
  Lease = place_of<cluster::Lease>(kTable),
  Workload = place_of<cluster::Workload>(kTable),
  Service = place_of<cluster::Service>(kTable),
};

/// Of the type of its objects, also where it has no name.
template <class T>
inline constexpr Kind kKindOf = static_cast<Kind>(place_of<T>(kTable));

/// The rows without what depends on their types.
inline constexpr auto kKindRows = rows_of(kTable);
static_assert(are_whole(kKindRows), "a row lacks a name, a version or its codec, or has the name of another");

constexpr const KindRow& row_of(Kind kind) { return kKindRows.at(static_cast<std::size_t>(kind)); }

/// The CamelCase name of Kubernetes.
constexpr std::string_view kind_name(Kind kind) { return row_of(kind).name; }

/// Of that name, in that spelling.
constexpr std::optional<Kind> kind_named(std::string_view name) {
  for (std::size_t place = 0; place < kKindRows.size(); ++place) {
    if (kKindRows.at(place).name == name) return static_cast<Kind>(place);
  }
  return std::nullopt;
}

/// The kinds whose rows fulfil a predicate, in the order of the table.
template <bool (*wanted)(const KindRow&)>
consteval auto kinds_where() {
  std::array<Kind, count_where<wanted>(kKindRows)> out{};
  for (std::size_t place = 0, found = 0; place < kKindRows.size(); ++place) {
    if (wanted(kKindRows.at(place))) out.at(found++) = static_cast<Kind>(place);
  }
  return out;
}

/// What users write and controllers reconcile.
inline constexpr auto kOurKinds = kinds_where<is_ours>();
/// Watched in every installation.
inline constexpr auto kKindsWatchedEverywhere = kinds_where<is_watched_everywhere>();
/// Watched where Kueue admits Jobs.
inline constexpr auto kKindsWatchedWithKueue = kinds_where<is_watched_with_kueue>();

constexpr bool is_ours(Kind kind) { return row_of(kind).ours; }

/// "Dataset, Pipeline"
std::string kind_names(std::span<const Kind> kinds);
/// "datasets, pipelines"
std::string kind_plurals(std::span<const Kind> kinds, std::string_view between = ", ");

/// Calls `visit` with each row in turn; its Type is that of the objects.
template <class Visit>
constexpr void for_each_row(Visit&& visit) {
  std::apply([&](const auto&... row) { (visit(row), ...); }, kTable);
}

}  // namespace visionops::cluster
