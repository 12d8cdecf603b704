// Who looks at whom. The same predicates choose what a reconciler gets to see (gather) and who is
// woken by a change (dependents), so a decision can never depend on something that does not wake it.
#pragma once

#include "operator/api/dataset.h"
#include "operator/api/pipeline.h"
#include "operator/api/training_job.h"

namespace visionops::runtime {

/// A source, pinned source, sibling version or the output of `pipeline`; same namespace presumed.
bool concerns(const api::Pipeline& pipeline, const api::Dataset& dataset);
/// Another Pipeline whose versions `pipeline` must not take: it writes the same group and split.
bool concerns(const api::Pipeline& pipeline, const api::Pipeline& other);
/// A Dataset that `job` names, selects by group, or has pinned.
bool concerns(const api::TrainingJob& job, const api::Dataset& dataset);
/// `other` is the target of resumeFrom of `job`.
bool concerns(const api::TrainingJob& job, const api::TrainingJob& other);

}  // namespace visionops::runtime
