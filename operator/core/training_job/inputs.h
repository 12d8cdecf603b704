// What a TrainingJob reads: Datasets, and the checkpoints of another TrainingJob.
#pragma once

#include <optional>
#include <string>

#include "operator/core/observed.h"

namespace visionops::core {

/// Either `resolved`, or a reason of InputsReady and a message that names what is missing.
struct TrainingInputs {
  std::optional<api::ResolvedTraining> resolved;
  std::string reason;
  std::string message;
};

/// For run `run` of the spec with that hash, with its identity and checkpoint folder.
TrainingInputs resolve_inputs(const TrainingJobObserved& observed, std::int64_t run, const std::string& spec_hash);

}  // namespace visionops::core
