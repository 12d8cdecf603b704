// Small valid resources and Pod states for the tests of core.
#pragma once

#include <string>

#include "operator/core/reconcile.h"
#include "worker/contract/run_result.h"
#include "worker/contract/sidecar_word.h"

namespace visionops::core {

/// 2026-11-21T02:00:00Z
TimePoint start_time();

api::Dataset dataset(const std::string& name, const std::string& group = "street", Split split = Split::Train,
                     const std::string& version = "v1.0.0");
/// As the operator leaves it after a good inspection.
api::Dataset ready(api::Dataset dataset);
/// From Dataset street-train-v1.0.0 to group night, split Train.
api::Pipeline pipeline(const std::string& name = "night");
/// On group night, split Train; validates on night-val-v1.0.0.
api::TrainingJob training_job(const std::string& name = "detector");

/// The digest that worker and inspection agree on for a folder.
std::string digest_of(const std::string& path);
/// What the inspection tells of the names, sizes and times of a folder.
std::string fingerprint_of(const std::string& path);
contract::RunResult inspection_result(const std::string& path);
contract::RunResult pipeline_result(const std::string& path);
/// Of a run whose checkpoints lie in `folder`.
contract::RunResult training_result(const std::string& folder);
/// Of the run of this Job.
contract::RunResult training_result(const cluster::Job& job);
/// What the sidecar of that training says of it.
contract::SidecarWord sidecar_word(const cluster::Job& job);
contract::RunResult error_result(const std::string& failure_class, const std::string& message);

/// A Pod of `job` as the cluster creates it: Pending, on no node.
cluster::Pod pod_of(const cluster::Job& job, std::int32_t index = 0);
cluster::Pod running(cluster::Pod pod, TimePoint since);
cluster::Pod ended(cluster::Pod pod, int exit_code, const std::string& message = "", const std::string& reason = "");

/// With its sidecar ended as well, after these last words.
cluster::Pod with_word(cluster::Pod pod, const std::string& message);

contract::RunSpec run_spec_of(const cluster::Job& job);

}  // namespace visionops::core
