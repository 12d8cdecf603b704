// Gathers once, into one value, what a decision may see.
#pragma once

#include "base/locked.h"
#include "operator/core/observed.h"
#include "operator/runtime/cache/object_cache.h"
#include "operator/runtime/telemetry/telemetry_board.h"

namespace visionops::runtime {

class RefusedCreates;
class StartWarnings;

/// Where observations come from; references stay valid as long as the value is used.
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

/// What of `owner` is seen whatever its kind, by the labels of children. A Job whose Pods were refused says so in its
/// message, a Pod that does not start in its warning.
core::RunObserved gather_run(const cluster::ObjectKey& owner, const api::ObjectMeta& meta, const Surroundings& from,
                             TimePoint now);

/// Any other kind of ours.
template <api::Resource T>
core::ObservedOf<T> gather(const T& resource, const Surroundings& from, TimePoint now) {
  core::ObservedOf<T> observed;
  observed.resource = resource;
  static_cast<core::RunObserved&>(observed) =
      gather_run(cluster::key_of(cluster::Object(resource)), resource.meta, from, now);
  return observed;
}

}  // namespace visionops::runtime
