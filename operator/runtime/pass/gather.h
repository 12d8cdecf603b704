// Gathers once, into one value, what a decision may see.
#pragma once

#include "operator/core/observed.h"
#include "base/locked.h"
#include "operator/runtime/cache/object_cache.h"
#include "operator/runtime/telemetry/telemetry_board.h"

namespace visionops::runtime {

/// Where observations come from; references stay valid as long as the value is used.
class MissingPods;

struct Surroundings {
  const Locked<ObjectCache>& cache;
  const TelemetryBoard& board;
  const core::Platform& platform;
  const Clock& clock;
  const MissingPods& missing_pods;
};

core::DatasetObserved gather(const api::Dataset& dataset, const Surroundings& from, TimePoint now);
core::PipelineObserved gather(const api::Pipeline& pipeline, const Surroundings& from, TimePoint now);
core::TrainingJobObserved gather(const api::TrainingJob& job, const Surroundings& from, TimePoint now);

}  // namespace visionops::runtime
