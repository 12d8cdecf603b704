// Whether what a trainer reports is of this run.
#pragma once

#include <string>

#include "operator/api/training_job.h"
#include "worker/contract/run_result.h"

namespace visionops::core {

/// Empty when every checkpoint that is named lies in the folder of this run; else which does not. Only this run
/// writes there, so a file of another place was trained by somebody else.
std::string why_foreign(const contract::TrainFacts& facts, const api::ResolvedTraining& resolved);

}  // namespace visionops::core
