#include "operator/core/training_job/worker_job.h"

#include <algorithm>

#include "operator/core/dataset_resolution.h"
#include "operator/core/pod_template.h"
#include "operator/core/reconcile.h"
#include "operator/core/run_identity.h"
#include "operator/core/training_job/hyperparameters.h"

namespace visionops::core {

namespace {

/// libtorch alone takes about half of a gigabyte.
constexpr const char* kDefaultMemory = "4Gi";

contract::TrainRun run_of(const api::TrainingJobSpec& spec, const api::ResolvedTraining& resolved,
                          const std::vector<api::Dataset>& datasets) {
  contract::TrainRun run;
  run.task = spec.task;
  run.model = spec.model;
  run.train = location_of(*resolved.train, datasets);
  if (resolved.val) run.val = location_of(*resolved.val, datasets);
  if (resolved.test) run.test = location_of(*resolved.test, datasets);
  set_hyperparameters(run, resolved.hyperparameters.value_or(spec.hyperparameters.value_or(api::Hyperparameters{})));
  if (spec.resources) run.gpus = spec.resources->gpus;
  run.checkpoint_store = spec.checkpoints.store;
  run.checkpoint_path = resolved.checkpoint_path;
  run.checkpoint_every = spec.checkpoints.every;
  run.checkpoint_keep = spec.checkpoints.keep;
  run.resume_path = resolved.resume_path;
  if (spec.early_stopping) {
    run.early_stopping_metric = spec.early_stopping->metric;
    run.early_stopping_max = spec.early_stopping->mode == api::MetricMode::Max;
    run.early_stopping_patience = spec.early_stopping->patience;
    run.early_stopping_min_delta = spec.early_stopping->min_delta;
  }
  return run;
}

void set_resources(WorkerPod& pod, const api::TrainingJobSpec& spec) {
  const auto resources = spec.resources.value_or(api::TrainingResources{});
  pod.cpu = resources.cpu;
  pod.memory = resources.memory.empty() ? kDefaultMemory : resources.memory;
  pod.nodes = resources.nodes;
  pod.gpus = resources.gpus;
  pod.gpu_product = resources.gpu_product;
  pod.shared_memory = resources.shared_memory;
}

/// The sidecar stores checkpoints; the worker reads those and the Datasets, and writes neither.
void set_stores(WorkerPod& pod, const api::TrainingJobSpec& spec, const api::ResolvedTraining& resolved) {
  for (const auto* dataset : {&resolved.train, &resolved.val, &resolved.test}) {
    if (*dataset) pod.worker_stores.push_back({(*dataset)->store, false});
  }
  pod.worker_stores.push_back({spec.checkpoints.store, false});
  pod.sidecar_stores = {{spec.checkpoints.store, true}};
}

}  // namespace

std::string checkpoint_path(const api::ObjectMeta& meta, std::int64_t run, const std::string& identity) {
  constexpr std::size_t kDigits = 12;
  return "checkpoints/" + meta.namespace_ + "/" + meta.name + "/run-" + std::to_string(run) + "-" +
         identity.substr(0, kDigits);
}

ChildOf training_child(const api::TrainingJob& job, const api::TrainingJobStatus& status) {
  return {"TrainingJob", job.meta, status.run, status.attempt, run_identity(job.meta, status)};
}

cluster::Job training_job(const api::TrainingJob& job, const api::TrainingJobStatus& status, const Platform& platform,
                          const std::vector<api::Dataset>& datasets) {
  const auto& spec = job.spec;
  const ChildOf child = training_child(job, status);
  WorkerPod pod;
  set_resources(pod, spec);
  set_stores(pod, spec, *status.resolved);
  pod.image = pod.gpus > 0 ? platform.worker_cuda_image : platform.worker_image;
  pod.command = "train";
  pod.run.train = run_of(spec, *status.resolved, datasets);
  pod.run.owner = run_owner(child);
  pod.sidecar = true;
  pod.env = spec.env;
  cluster::Job out;
  out.meta = child_meta(child);
  out.spec.completions = std::max(spec.resources ? spec.resources->nodes : 1, 1);
  out.spec.parallelism = out.spec.completions;
  out.spec.pod = build_pod(pod, child, platform);
  if (!spec.queue.empty() && platform.kueue) {
    out.spec.pod.queue = spec.queue;
    out.spec.pod.queue_priority = spec.queue_priority;
    out.spec.suspend = true;  // Kueue lets it run
  }
  return out;
}

std::optional<cluster::Service> training_service(const api::TrainingJob& job, const api::TrainingJobStatus& status) {
  if (!job.spec.resources || job.spec.resources->nodes < 2) return std::nullopt;
  const ChildOf child = training_child(job, status);
  cluster::Service out;
  out.meta = child_meta(child);
  out.meta.name = service_name(child);
  out.meta.labels.erase(std::string(kRunLabel));
  out.meta.labels.erase(std::string(kAttemptLabel));
  out.meta.labels.erase(std::string(kIdentityLabel));
  out.selector = {{std::string(kOwnerUidLabel), job.meta.uid}};
  return out;
}

}  // namespace visionops::core
