// The hyperparameters of a run: what the spec says, and the trainer's defaults for the rest.
#pragma once

#include "operator/api/training_job.h"
#include "worker/contract/run_spec.h"

namespace visionops::core {

/// Every value is set, but for imageSize when the trainer takes it from the data: its result tells it. They are pinned
/// with the inputs of a run: a default that a later version changes is not changed for a run that goes on, and history
/// tells what was used.
api::Hyperparameters resolve_hyperparameters(const api::TrainingJobSpec& spec);
/// What is absent in `chosen` stays as it is in `run`.
void set_hyperparameters(contract::TrainRun& run, const api::Hyperparameters& chosen);

}  // namespace visionops::core
