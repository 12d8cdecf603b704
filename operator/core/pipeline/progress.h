// Progress of a Pipeline over its three stages as one percentage.
#pragma once

#include "operator/api/pipeline.h"
#include "worker/contract/telemetry.h"

namespace visionops::core {

/// Takes stage and percentage of the attempt in flight; neither goes backwards within an attempt.
void take_progress(api::PipelineStatus& status, const contract::Progress& progress);
void reset_progress(api::PipelineStatus& status);
void complete_progress(api::PipelineStatus& status);

}  // namespace visionops::core
