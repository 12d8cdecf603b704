#include "operator/core/training_job/inputs.h"

#include <algorithm>

#include "operator/core/dataset_resolution.h"
#include "operator/core/reasons.h"
#include "operator/core/run/run_identity.h"
#include "operator/core/training_job/hyperparameters.h"
#include "operator/core/training_job/worker_pod.h"

namespace visionops::core {

namespace {

Waiting missing(std::string_view reason, std::string message) { return {std::string(reason), std::move(message)}; }

/// nullopt: fine. Fills one of the three sets.
std::optional<Waiting> pin_set(const std::optional<api::DatasetReference>& reference, const TrainingJobObserved& o,
                               const char* role, std::optional<api::PinnedDataset>& into) {
  if (!reference) return std::nullopt;
  auto resolution = resolve_dataset(*reference, o.datasets);
  if (!resolution.pinned) return missing(resolution.reason, std::string(role) + ": " + resolution.message);
  into = std::move(resolution.pinned);
  return std::nullopt;
}

bool has_checkpoint(const api::TrainingJob& job) { return job.status.checkpoint || job.status.model; }

std::optional<Waiting> resume_from_job(const TrainingJobObserved& o, const std::string& name, std::string& path) {
  const auto it = std::find_if(o.training_jobs.begin(), o.training_jobs.end(), [&](const api::TrainingJob& j) {
    return j.meta.name == name && j.meta.uid != o.job.meta.uid && !j.meta.deletion_timestamp;
  });
  if (it == o.training_jobs.end())
    return missing(reason::kTrainingJobNotFound, "resumeFrom: TrainingJob " + name + " does not exist");
  if (!it->status.resolved || it->status.resolved->checkpoint_path.empty() || !has_checkpoint(*it)) {
    return missing(reason::kTrainingJobNotReady, "resumeFrom: TrainingJob " + name + " has no verified checkpoint yet");
  }
  if (it->spec.checkpoints.store != o.job.spec.checkpoints.store) {
    return missing(reason::kCheckpointStoreDiffers, "resumeFrom: the checkpoints of TrainingJob " + name +
                                                        " are in store " + it->spec.checkpoints.store +
                                                        ", those of this one go to " + o.job.spec.checkpoints.store);
  }
  path = it->status.resolved->checkpoint_path;
  return std::nullopt;
}

bool is_digest(const std::optional<api::CheckpointRecord>& record, const std::string& digest) {
  return record && !record->sha256.empty() && (record->sha256 == digest || "sha256:" + record->sha256 == digest);
}

std::optional<Waiting> resume_from_digest(const TrainingJobObserved& o, const std::string& digest, std::string& path) {
  for (const auto& other : o.training_jobs) {
    if (other.spec.checkpoints.store != o.job.spec.checkpoints.store) continue;
    for (const auto* record : {&other.status.model, &other.status.checkpoint}) {
      if (!is_digest(*record, digest)) continue;
      path = (*record)->path;
      return std::nullopt;
    }
  }
  return missing(reason::kCheckpointNotFound, "resumeFrom: no TrainingJob with checkpoints in store " +
                                                  o.job.spec.checkpoints.store + " has a checkpoint with digest " +
                                                  digest);
}

std::optional<Waiting> find_start(const TrainingJobObserved& o, std::string& path) {
  const auto& from = o.job.spec.resume_from;
  if (!from) return std::nullopt;
  return from->training_job.empty() ? resume_from_digest(o, from->digest, path)
                                    : resume_from_job(o, from->training_job, path);
}

}  // namespace

std::optional<Waiting> resolve_inputs(const TrainingJobObserved& o, std::int64_t run, const std::string& spec_hash,
                                      api::ResolvedTraining& resolved) {
  const auto& sets = o.job.spec.datasets;
  if (auto why = pin_set(sets.train, o, "train", resolved.train)) return why;
  if (auto why = pin_set(sets.val, o, "val", resolved.val)) return why;
  if (auto why = pin_set(sets.test, o, "test", resolved.test)) return why;
  if (auto why = find_start(o, resolved.resume_path)) return why;
  resolved.hyperparameters = resolve_hyperparameters(o.job.spec);
  resolved.identity = run_identity_of(o.job.meta, run, spec_hash, resolved);
  resolved.checkpoint_path = checkpoint_path(o.job.meta, run, resolved.identity);
  return std::nullopt;
}

}  // namespace visionops::core
