#include "tests/unit/core/resources.h"

#include "base/digest.h"
#include "operator/cluster/sidecar_state.h"

namespace visionops::core {

namespace {

api::ObjectMeta meta(const std::string& name, const std::string& kind) {
  api::ObjectMeta out;
  out.name = name;
  out.namespace_ = "default";
  out.uid = "uid-" + kind + "-" + name;
  out.generation = 1;
  out.creation_timestamp = start_time();
  return out;
}

}  // namespace

TimePoint start_time() { return *parse_time("2026-11-21T02:00:00Z"); }

api::Dataset dataset(const std::string& name, const std::string& group, Split split, const std::string& version) {
  api::Dataset d;
  d.meta = meta(name, "dataset");
  d.spec.group = group;
  d.spec.split = split;
  d.spec.version = version;
  d.spec.tasks = {Task::Detection};
  d.spec.store = "datasets";
  return d;
}

api::Dataset ready(api::Dataset d) {
  d.status.phase = api::Phase::Succeeded;
  d.status.digest = digest_of(api::dataset_path(d.spec));
  d.status.fingerprint = fingerprint_of(api::dataset_path(d.spec));
  d.status.observed_generation = d.meta.generation;
  d.status.images = 10;
  return d;
}

api::Pipeline pipeline(const std::string& name) {
  api::Pipeline p;
  p.meta = meta(name, "pipeline");
  api::PipelineSource source;
  source.dataset.name = "street-train-v1.0.0";
  source.manipulators = {{"filter_keep_by_class", FreeMap{R"({"classes":["car"]})"}}};
  p.spec.sources = {source};
  p.spec.output.group = "night";
  p.spec.output.type = DatasetType::Fusion;
  p.spec.output.split = Split::Train;
  p.spec.output.store = "datasets";
  return p;
}

api::TrainingJob training_job(const std::string& name) {
  api::TrainingJob t;
  t.meta = meta(name, "trainingjob");
  t.spec.model = "centernet_nano";
  t.spec.datasets.train.group = "night";
  t.spec.datasets.train.split = Split::Train;
  t.spec.datasets.val.emplace();
  t.spec.datasets.val->name = "night-val-v1.0.0";
  t.spec.checkpoints.store = "models";
  return t;
}

std::string digest_of(const std::string& path) { return "sha256:" + sha256_hex(path); }

std::string fingerprint_of(const std::string& path) { return "listing:" + sha256_hex("listing of " + path); }

contract::RunResult inspection_result(const std::string& path) {
  contract::RunResult r;
  r.dataset.emplace();
  r.dataset->digest = digest_of(path);
  r.dataset->fingerprint = fingerprint_of(path);
  r.dataset->file_list = ".visionops/datasets/of-" + path + "/files.jsonl";
  r.dataset->images = 10;
  r.dataset->annotations = 25;
  r.dataset->classes = 2;
  r.dataset->size_bytes = 4096;
  r.dataset->class_counts = {{"car", 8, 20}, {"bus", 3, 5}};
  return r;
}

contract::RunResult pipeline_result(const std::string& path) {
  contract::RunResult r = inspection_result(path);
  r.pipeline.emplace();
  r.pipeline->images_in = 12;
  r.pipeline->images_out = 10;
  r.pipeline->published = true;
  return r;
}

contract::RunResult training_result(const std::string& folder) {
  contract::RunResult r;
  r.train.emplace();
  r.train->epochs = 30;
  r.train->best_epoch = 17;
  r.train->best_metric = "map50";
  r.train->best_value = 0.953;
  r.train->metrics = {{"map50", 0.953}, {"map50_95", 0.7}};
  r.train->model = contract::StoredCheckpoint{folder + "/best.pt", sha256_hex("best"), 100, 17};
  r.train->last = contract::StoredCheckpoint{folder + "/epoch-0030.pt", sha256_hex("last"), 100, 30};
  return r;
}

contract::RunResult training_result(const cluster::Job& job) {
  const auto run = run_spec_of(job);
  auto result = training_result(run.train->checkpoint_path);
  result.identity = run.owner.identity;
  return result;
}

contract::SidecarWord sidecar_word(const cluster::Job& job) {
  const auto owner = run_spec_of(job).owner;
  const auto result = training_result(job);
  return {owner.uid, owner.run, owner.attempt, owner.identity, result.train->model, result.train->last, ""};
}

contract::RunResult error_result(const std::string& failure_class, const std::string& message) {
  contract::RunResult r;
  r.error.emplace();
  r.error->failure_class = failure_class;
  r.error->message = message;
  return r;
}

cluster::Pod pod_of(const cluster::Job& job, std::int32_t index) {
  cluster::Pod pod;
  pod.meta.name = job.meta.name + "-" + std::to_string(index);
  pod.meta.namespace_ = job.meta.namespace_;
  pod.meta.uid = "uid-pod-" + pod.meta.name;
  pod.meta.labels = job.spec.pod.labels;
  pod.meta.owner_references = {{"batch/v1", "Job", job.meta.name, job.meta.uid, true, true}};
  pod.completion_index = index;
  return pod;
}

cluster::Pod running(cluster::Pod pod, TimePoint since) {
  pod.phase = cluster::PodPhase::Running;
  pod.node = "node-1";
  pod.start_time = since;
  cluster::ContainerState worker;
  worker.name = std::string(cluster::kWorkerContainer);
  worker.running = true;
  pod.containers = {worker};
  return pod;
}

cluster::Pod ended(cluster::Pod pod, int exit_code, const std::string& message, const std::string& reason) {
  pod.phase = exit_code == 0 ? cluster::PodPhase::Succeeded : cluster::PodPhase::Failed;
  cluster::ContainerState worker;
  worker.name = std::string(cluster::kWorkerContainer);
  worker.terminated = true;
  worker.exit_code = exit_code;
  worker.message = message;
  worker.reason = reason.empty() ? (exit_code == 0 ? "Completed" : "Error") : reason;
  pod.containers = {worker};
  return pod;
}

cluster::Pod with_word(cluster::Pod pod, const std::string& message) {
  cluster::ContainerState sidecar;
  sidecar.name = std::string(cluster::kSidecarContainer);
  sidecar.terminated = true;
  sidecar.reason = "Completed";
  sidecar.message = message;
  pod.containers.push_back(sidecar);
  return pod;
}

contract::RunSpec run_spec_of(const cluster::Job& job) {
  for (const auto& container : job.spec.pod.containers) {
    if (container.name != cluster::kWorkerContainer) continue;
    for (const auto& variable : container.env) {
      if (variable.name != contract::kRunEnv) continue;
      Problems problems;
      return contract::decode_run_spec(variable.value, problems);
    }
  }
  return {};
}

}  // namespace visionops::core
