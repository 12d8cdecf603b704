// Whether a training asks for what its runtime can do.
#pragma once

#include <optional>

#include "operator/api/training_job.h"
#include "operator/core/decision.h"
#include "operator/core/observed.h"

namespace visionops::core {

/// RuntimeNotAvailable, UnknownModel, UnsupportedTask, UnsupportedResources or InvalidSpec, naming what there is.
std::optional<Refusal> refuse_runtime(const api::TrainingJobSpec& spec, const Platform& platform);

}  // namespace visionops::core
