// One attempt of a training run, from resume to result.
#pragma once

#include "worker/contract/exit_code.h"
#include "worker/contract/run_result.h"
#include "worker/contract/run_spec.h"
#include "worker/train/engine/loop/training_setup.h"

namespace visionops::train {

struct Outcome {
  contract::ExitCode code = contract::ExitCode::Done;
  contract::RunResult result;
};

/// Trains until the last epoch, early stopping, divergence or `environment.stop`. Total: every error
/// is in the outcome. Equal run specs and thread counts give equal weights on a CPU, with and without
/// interruptions.
Outcome train(const contract::TrainRun& run, TrainEnvironment& environment);

}  // namespace visionops::train
