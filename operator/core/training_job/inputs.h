// What a TrainingJob reads: Datasets, and the checkpoints of another TrainingJob.
#pragma once

#include <optional>
#include <string>

#include "operator/core/observed.h"
#include "operator/core/run/attempt.h"

namespace visionops::core {

/// What is missing: a reason of InputsReady, and a message that names it. With nullopt, `resolved` is what run `run` of
/// the spec with that hash reads, with its identity and checkpoint folder.
std::optional<Waiting> resolve_inputs(const TrainingJobObserved& observed, std::int64_t run,
                                      const std::string& spec_hash, api::ResolvedTraining& resolved);

}  // namespace visionops::core
