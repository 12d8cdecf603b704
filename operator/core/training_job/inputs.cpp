#include "operator/core/training_job/inputs.h"

#include "operator/core/dataset_resolution.h"
#include "operator/core/reasons.h"
#include "operator/core/run/run_identity.h"
#include "operator/core/training_job/hyperparameters.h"
#include "operator/core/training_job/resume_from.h"
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

}  // namespace

std::optional<Waiting> resolve_inputs(const TrainingJobObserved& o, std::int64_t run, const std::string& spec_hash,
                                      api::ResolvedTraining& resolved) {
  const auto& sets = o.job.spec.datasets;
  if (auto why = pin_set(sets.train, o, "train", resolved.train)) return why;
  if (auto why = pin_set(sets.val, o, "val", resolved.val)) return why;
  if (auto why = pin_set(sets.test, o, "test", resolved.test)) return why;
  if (auto why = resolve_start(o, resolved)) return why;
  resolved.hyperparameters = resolve_hyperparameters(o.job.spec);
  resolved.identity = run_identity_of(o.job.meta, run, spec_hash, resolved);
  resolved.checkpoint_path = checkpoint_path(o.job.meta, run, resolved.identity);
  return std::nullopt;
}

}  // namespace visionops::core
