#include "operator/core/training_job/worker_pod.h"

#include "operator/core/dataset_resolution.h"
#include "operator/core/training_job/framework.h"
#include "operator/core/training_job/hyperparameters.h"
#include "operator/core/training_job/live_values.h"
#include "operator/runtimes/runtime.h"

namespace visionops::core {

namespace {

/// libtorch alone takes about half of a gigabyte.
constexpr const char* kDefaultMemory = "4Gi";

contract::TrainRun train_run_of(const api::TrainingJobSpec& spec, const api::ResolvedTraining& resolved,
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
  run.resume_digest = resolved.resume_digest;
  if (spec.early_stopping) {
    run.early_stopping_metric = spec.early_stopping->metric;
    run.early_stopping_max = spec.early_stopping->mode == MetricMode::Max;
    run.early_stopping_patience = spec.early_stopping->patience;
    run.early_stopping_min_delta = spec.early_stopping->min_delta;
  }
  return run;
}

void set_resources(WorkerPod& pod, const api::TrainingJobSpec& spec) {
  const auto resources = spec.resources.value_or(api::TrainingResources{});
  pod.cpu = resources.cpu;
  pod.memory = resources.memory.empty() ? kDefaultMemory : resources.memory;
  pod.pods = resources.nodes;
  pod.together = true;
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
  for (const auto& store : spec.mounts) pod.worker_stores.push_back({store, false});
  if (spec.weights) pod.worker_stores.push_back({spec.weights->store, false});
  pod.sidecar_stores = {{spec.checkpoints.store, true}};
}

/// Precondition: pod.gpus and pod.run.train are set.
void set_trainer(WorkerPod& pod, const TrainingJobObserved& o, const api::ResolvedTraining& resolved) {
  const auto& spec = o.job.spec;
  const auto* runtime = runtimes::find(spec.runtime);
  pod.image = pod.gpus > 0 ? o.platform.worker_cuda_image : o.platform.worker_image;
  if (runtime == nullptr) return;
  pod.command = runtime->command;
  if (!runtime->is_framework()) return;
  pod.image = framework_image(spec, *runtime, o.platform);
  if (pod.shared_memory.empty()) pod.shared_memory = runtime->shared_memory;
  const auto hyperparameters = resolved.hyperparameters.value_or(framework_hyperparameters(spec, *runtime));
  pod.run.train->framework = framework_run(spec, hyperparameters, *runtime);
  const auto best = best_rule(spec);  // by which the best checkpoint is chosen; nothing stops the framework
  pod.run.train->early_stopping_metric = best.metric;
  pod.run.train->early_stopping_max = best.max;
}

}  // namespace

std::string checkpoint_path(const api::ObjectMeta& meta, std::int64_t run, const std::string& identity) {
  constexpr std::size_t kDigits = 12;
  return "checkpoints/" + meta.namespace_ + "/" + meta.name + "/run-" + std::to_string(run) + "-" +
         identity.substr(0, kDigits);
}

WorkerPod training_pod(const TrainingJobObserved& o, const api::TrainingJobStatus& status) {
  const auto& spec = o.job.spec;
  WorkerPod pod;
  set_resources(pod, spec);
  set_stores(pod, spec, *status.resolved);
  pod.run.train = train_run_of(spec, *status.resolved, o.datasets);
  set_trainer(pod, o, *status.resolved);
  pod.sidecar = true;
  pod.env = spec.env;
  pod.profile = spec.profile;
  pod.secrets = spec.secrets;
  pod.queue = spec.queue;
  pod.queue_priority = spec.queue_priority;
  if (spec.deadlines) pod.silence_seconds = spec.deadlines->silence_seconds;
  return pod;
}

}  // namespace visionops::core
