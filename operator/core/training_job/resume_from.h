// What spec.resumeFrom means: the folder or the digest of another run's checkpoints.
#pragma once

#include <optional>

#include "operator/api/training_job.h"
#include "operator/core/observed.h"
#include "operator/core/run/attempt.h"

namespace visionops::core {

/// Fills resume_path or resume_digest of `resolved` and gives nullopt, else what the run waits for. Every finished run
/// whose model stands in status.run or status.runs is found by job and number; all others by digest or path, which
/// the worker looks for in the store.
std::optional<Waiting> resolve_start(const TrainingJobObserved& observed, api::ResolvedTraining& resolved);

}  // namespace visionops::core
