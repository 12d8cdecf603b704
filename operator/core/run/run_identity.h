// The identity of a resource's present run (worker/contract/run_identity.h): what its Job, Pods, telemetry,
// checkpoints and results must carry to be believed. A function of uid, run, spec hash and pinned inputs, so a run
// that lost its status and is begun again equals the former one exactly when it asks for the same.
#pragma once

#include <string>

#include "operator/api/dataset.h"
#include "operator/api/pipeline.h"
#include "operator/api/training_job.h"
#include "operator/core/children.h"

namespace visionops::core {

/// Of a kind that pins no inputs.
std::string run_identity(const api::ObjectMeta& owner, const api::RunStatus& status);
/// Empty before the sources are pinned.
std::string run_identity(const api::ObjectMeta& owner, const api::PipelineStatus& status);
/// As it was pinned with the inputs; empty before that, and for runs begun by an earlier version.
std::string run_identity(const api::ObjectMeta& owner, const api::TrainingJobStatus& status);
/// What is to be pinned for run `run` with these inputs.
std::string run_identity_of(const api::ObjectMeta& owner, std::int64_t run, const std::string& spec_hash,
                            const api::ResolvedTraining& inputs);

/// The attempt that a status tells of.
template <class Status>
ChildOf child_of(const char* kind, const api::ObjectMeta& owner, const Status& status) {
  return {kind, owner, status.run, status.attempt, run_identity(owner, status)};
}

}  // namespace visionops::core
