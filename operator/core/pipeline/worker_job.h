// The Job of one attempt of a Pipeline.
#pragma once

#include <vector>

#include "operator/cluster/workload.h"
#include "operator/core/children.h"
#include "operator/core/observed.h"

namespace visionops::core {

/// Of the run and attempt in `status`.
ChildOf pipeline_child(const api::Pipeline& pipeline, const api::PipelineStatus& status);
/// Of the run, attempt and pinned inputs in `status`; `datasets`, where the pinned ones are among them, tell the
/// fingerprints of their files. Precondition: status.resolved has an output.
cluster::Job pipeline_job(const api::Pipeline& pipeline, const api::PipelineStatus& status, const Platform& platform,
                          const std::vector<api::Dataset>& datasets = {});

}  // namespace visionops::core
