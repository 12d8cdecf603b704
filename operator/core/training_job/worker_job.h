// The Job of one attempt of a TrainingJob.
#pragma once

#include <optional>
#include <vector>

#include "operator/cluster/workload.h"
#include "operator/core/children.h"
#include "operator/core/observed.h"

namespace visionops::core {

/// Of the run, attempt and pinned inputs in `status`; `datasets`, where the pinned ones are among them, tell the
/// fingerprints of their files. Precondition: status.resolved has a training set.
cluster::Job training_job(const api::TrainingJob& job, const api::TrainingJobStatus& status, const Platform& platform,
                          const std::vector<api::Dataset>& datasets = {});
/// The name under which the Pods of a training on several nodes find each other; nullopt on one node.
std::optional<cluster::Service> training_service(const api::TrainingJob& job, const api::TrainingJobStatus& status);
/// Of the run and attempt in `status`.
ChildOf training_child(const api::TrainingJob& job, const api::TrainingJobStatus& status);
/// Folder of a run inside the checkpoint store: "checkpoints/<namespace>/<name>/run-<n>-<12 digits of the
/// identity>". Another run of the same name and number (the object was made anew) has a folder of its own.
std::string checkpoint_path(const api::ObjectMeta& meta, std::int64_t run, const std::string& identity);

}  // namespace visionops::core
