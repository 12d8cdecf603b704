// The workers of one attempt of a TrainingJob.
#pragma once

#include <string>

#include "operator/core/observed.h"
#include "operator/core/pod_template.h"

namespace visionops::core {

/// Of the pinned inputs in `status`. Precondition: status.resolved has a training set.
WorkerPod training_pod(const TrainingJobObserved& observed, const api::TrainingJobStatus& status);
/// Folder of a run inside the checkpoint store: "checkpoints/<namespace>/<name>/run-<n>-<12 digits of the
/// identity>". Another run of the same name and number (the object was made anew) has a folder of its own.
std::string checkpoint_path(const api::ObjectMeta& meta, std::int64_t run, const std::string& identity);

}  // namespace visionops::core
