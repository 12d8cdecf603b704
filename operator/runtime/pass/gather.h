// Gathers once, into one value, what a decision may see.
#pragma once

#include "base/locked.h"
#include "operator/core/observed.h"
#include "operator/runtime/cache/object_cache.h"
#include "operator/runtime/telemetry/telemetry_board.h"

namespace visionops::runtime {

/// Where observations come from; references stay valid as long as the value is used.
class RefusedCreates;
class StartWarnings;

struct Surroundings {
  const Locked<ObjectCache>& cache;
  const TelemetryBoard& board;
  const core::Platform& platform;
  const Clock& clock;
  const StartWarnings& start_warnings;
  const RefusedCreates& refused_creates;
};

core::DatasetObserved gather(const api::Dataset& dataset, const Surroundings& from, TimePoint now);
core::PipelineObserved gather(const api::Pipeline& pipeline, const Surroundings& from, TimePoint now);
core::TrainingJobObserved gather(const api::TrainingJob& job, const Surroundings& from, TimePoint now);

struct Children {
  std::vector<cluster::Job> jobs;
  std::vector<cluster::Pod> pods;
  std::string refused;  ///< the cluster's words about a child that it does not take
};
/// By the labels of children. A Job whose Pods were refused says so in its message, a Pod that does not start in its
/// warning.
Children children_of(const cluster::ObjectKey& owner, const std::string& uid, const Surroundings& from);

/// Any other kind of ours.
template <api::Resource T>
core::ObservedOf<T> gather(const T& resource, const Surroundings& from, TimePoint now) {
  auto found = children_of(cluster::ObjectKey{cluster::kKindOf<T>, resource.meta.namespace_, resource.meta.name},
                           resource.meta.uid, from);
  core::ObservedOf<T> observed;
  observed.resource = resource;
  observed.jobs = std::move(found.jobs);
  observed.pods = std::move(found.pods);
  observed.refused = std::move(found.refused);
  observed.platform = from.platform;
  observed.now = now;
  return observed;
}

}  // namespace visionops::runtime
