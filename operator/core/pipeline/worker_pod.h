// The workers of one attempt of a Pipeline.
#pragma once

#include "operator/core/observed.h"
#include "operator/core/pod_template.h"

namespace visionops::core {

/// Of the pinned inputs in `status`. Precondition: status.resolved has an output.
WorkerPod pipeline_pod(const PipelineObserved& observed, const api::PipelineStatus& status);

}  // namespace visionops::core
