#include "operator/core/pod_template.h"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <utility>

#include "base/given_cores.h"
#include "operator/cluster/sidecar_state.h"
#include "operator/core/pod_placement.h"
#include "operator/core/reconcile.h"
#include "worker/contract/pod_folders.h"
#include "worker/contract/run_variables.h"

namespace visionops::core {

namespace {

using cluster::Container;

// The folders of worker/contract/pod_folders.h.
constexpr const char* kPodVolume = "pod";
constexpr const char* kAnswersVolume = "answers";
constexpr const char* kSidecarVolume = "sidecar";
constexpr const char* kShmVolume = "shm";
constexpr const char* kTmpVolume = "tmp";
/// Where the preparation puts the program that starts a framework: its image has none of ours.
constexpr const char* kExecFolder = "/visionops/bin";
constexpr const char* kExecProgram = "visionops-exec";
constexpr const char* kTokenVolume = "telemetry-token";
constexpr const char* kDefaultCpu = "1";
constexpr const char* kDefaultMemory = "1Gi";
/// Enough for the sidecar to store the last checkpoint and to read the model back after the worker has ended
/// (sidecar_config.h, store_grace).
constexpr std::int64_t kSidecarGraceSeconds = 120;
constexpr std::int64_t kGraceSeconds = 30;
constexpr const char* kStorage = "ephemeral-storage";
/// Of the folders that the sidecar alone writes: a cursor, and a line for each checkpoint.
constexpr const char* kSidecarFolder = "64Mi";

bool joins(const WorkerPod& pod) { return pod.together && pod.pods > 1; }
bool of_a_framework(const WorkerPod& pod) { return pod.run.train && pod.run.train->framework; }

void add_run_environment(Container& container, const WorkerPod& pod) {
  for (auto& [name, value] : contract::run_variables(contract::encode(pod.run))) {
    container.env.push_back({name, std::move(value)});
  }
  container.env.push_back({contract::kStoresEnv, kStoresRoot});
  container.env.push_back({contract::kPodDirEnv, contract::kPodDir});
}

/// What torchrun reads as its options (PET_*), and what programs read that it would have started.
void add_rendezvous(Container& container, const WorkerPod& pod, const ChildOf& child) {
  constexpr const char* kPort = "29500";
  const std::int32_t processes = std::max(pod.gpus, 1);
  const std::string first = job_name(child) + "-0." + service_name(child);
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, std::string>>{
           {"PET_NNODES", std::to_string(pod.pods)},
           {"PET_NPROC_PER_NODE", std::to_string(processes)},
           {"PET_MASTER_ADDR", first},
           {"PET_MASTER_PORT", kPort},
           {"MASTER_ADDR", first},
           {"MASTER_PORT", kPort},
           {"WORLD_SIZE", std::to_string(pod.pods * processes)}}) {
    container.env.push_back({name, value});
  }
  container.ranked = true;
}

void set_amounts(Container& container, const WorkerPod& pod, const Platform& platform) {
  container.requests = {{"cpu", pod.cpu.empty() ? kDefaultCpu : pod.cpu},
                        {"memory", pod.memory.empty() ? kDefaultMemory : pod.memory}};
  container.limits = container.requests;
  container.requests[kStorage] = platform.pods.ephemeral_storage.request;
  container.limits[kStorage] = platform.pods.ephemeral_storage.limit;
}

void set_gpus(Container& worker, const WorkerPod& pod, const Platform& platform) {
  if (pod.gpus == 0) return;
  const auto resource = gpu_resource(platform, pod.profile);
  worker.requests[resource] = worker.limits[resource] = std::to_string(pod.gpus);
}

/// Of our image and without anything of the user's: it lays out what the framework reads.
Container prepare_container(const WorkerPod& pod, const Platform& platform) {
  Container out;
  out.name = std::string(cluster::kPrepareContainer);
  out.image = platform.worker_image;
  out.command = {"visionops-worker", "prepare"};
  if (!platform.one_machine) out.command.insert(out.command.end(), {"--program", kExecFolder});
  out.init = true;
  if (!pod.cpu.empty()) out.env.push_back({kGivenCoresEnv, pod.cpu});
  add_run_environment(out, pod);
  out.mounts.push_back({kPodVolume, contract::kPodDir, "", false});
  add_stores(out, pod.worker_stores, pod.run.owner.namespace_, platform);
  set_amounts(out, pod, platform);
  return out;
}

std::vector<std::string> worker_command(const WorkerPod& pod, const Platform& platform) {
  if (!of_a_framework(pod)) return {"visionops-worker", pod.command};
  return {platform.one_machine ? kExecProgram : std::string(kExecFolder) + "/" + kExecProgram};
}

Container worker_container(const WorkerPod& pod, const ChildOf& child, const Platform& platform) {
  Container out;
  out.name = std::string(cluster::kWorkerContainer);
  out.image = pod.image;
  out.command = worker_command(pod, platform);
  out.env = pod.env;  // the platform's variables come last and win
  if (!pod.cpu.empty()) out.env.push_back({kGivenCoresEnv, pod.cpu});
  if (joins(pod)) add_rendezvous(out, pod, child);
  add_run_environment(out, pod);
  out.mounts.push_back({kPodVolume, contract::kPodDir, "", false});
  if (pod.sidecar) {
    out.env.push_back({contract::kAnswersDirEnv, contract::kAnswersDir});
    out.mounts.push_back({kAnswersVolume, contract::kAnswersDir, "", true});
  }
  add_stores(out, pod.worker_stores, pod.run.owner.namespace_, platform);
  if (!pod.shared_memory.empty()) out.mounts.push_back({kShmVolume, "/dev/shm", "", false});
  if (of_a_framework(pod)) {
    out.mounts.push_back({kTmpVolume, "/tmp", "", false});
    if (pod.silence_seconds) out.env.push_back({contract::kSilenceEnv, std::to_string(*pod.silence_seconds)});
  }
  if (!platform.one_machine) out.secrets = pod.secrets;
  set_amounts(out, pod, platform);
  set_gpus(out, pod, platform);
  return out;
}

/// Nothing of the user reaches it: no variable of his, and no folder that he can write in which it writes.
Container sidecar_container(const WorkerPod& pod, const Platform& platform) {
  Container out;
  out.name = std::string(cluster::kSidecarContainer);
  out.image = platform.worker_image;
  out.command = {"visionops-sidecar"};
  out.sidecar = true;
  add_run_environment(out, pod);
  out.env.push_back({contract::kAnswersDirEnv, contract::kAnswersDir});
  out.env.push_back({contract::kSidecarDirEnv, contract::kSidecarDir});
  out.mounts.push_back({kPodVolume, contract::kPodDir, "", true});
  out.mounts.push_back({kAnswersVolume, contract::kAnswersDir, "", false});
  out.mounts.push_back({kSidecarVolume, contract::kSidecarDir, "", false});
  add_stores(out, pod.sidecar_stores, pod.run.owner.namespace_, platform);
  if (!platform.telemetry_url.empty()) {  // the token is for the sidecar alone
    out.env.push_back({contract::kTelemetryUrlEnv, platform.telemetry_url});
    if (!platform.telemetry_ca.empty()) out.env.push_back({contract::kTelemetryCaEnv, platform.telemetry_ca});
    out.env.push_back({contract::kTelemetryTokenFileEnv, kTelemetryTokenFile});
    out.mounts.push_back({kTokenVolume, "/var/run/secrets/visionops", "", true});
  }
  auto amounts = api::sidecar_amounts(platform.pods.sidecar_resources);
  out.requests = std::move(amounts.requests);
  out.limits = std::move(amounts.limits);
  return out;
}

std::vector<cluster::Volume> volumes_of(const WorkerPod& pod, const Platform& platform) {
  const auto folder = [](const std::string& size) { return cluster::EmptyDirVolume{false, size}; };
  std::vector<cluster::Volume> out{{kPodVolume, folder(platform.pods.ephemeral_storage.limit)}};
  if (pod.sidecar) {
    out.push_back({kAnswersVolume, folder(kSidecarFolder)});
    out.push_back({kSidecarVolume, folder(kSidecarFolder)});
  }
  auto stores = pod.worker_stores;
  stores.insert(stores.end(), pod.sidecar_stores.begin(), pod.sidecar_stores.end());
  for (auto& volume : store_volumes(stores, platform)) out.push_back(std::move(volume));
  if (of_a_framework(pod)) out.push_back({kTmpVolume, folder(platform.pods.ephemeral_storage.limit)});
  if (!pod.shared_memory.empty()) out.push_back({kShmVolume, cluster::EmptyDirVolume{true, pod.shared_memory}});
  if (pod.sidecar && !platform.telemetry_url.empty()) out.push_back({kTokenVolume, cluster::TelemetryTokenVolume{}});
  return out;
}

/// The owner of a run, as the worker and telemetry know it.
contract::RunOwner run_owner(const ChildOf& child) {
  return {child.kind, child.owner.namespace_, child.owner.name, child.owner.uid,
          child.run,  child.attempt,          child.identity};
}

cluster::PodTemplate build_pod(const WorkerPod& pod, const ChildOf& child, const Platform& platform) {
  cluster::PodTemplate out;
  out.labels = child_labels(child);
  if (pod.sidecar) out.containers.push_back(sidecar_container(pod, platform));
  if (of_a_framework(pod)) out.containers.push_back(prepare_container(pod, platform));
  out.containers.push_back(worker_container(pod, child, platform));
  if (joins(pod)) out.subdomain = service_name(child);
  out.volumes = volumes_of(pod, platform);
  const std::set<std::string> avoided(pod.avoid_nodes.begin(), pod.avoid_nodes.end());
  out.avoid_nodes.assign(avoided.begin(), avoided.end());
  out.termination_grace_period_seconds = pod.sidecar ? kSidecarGraceSeconds : kGraceSeconds;
  if (pod.gpus > 0) {
    out.gpu_product = pod.gpu_product;
    out.runtime_class = platform.gpu_runtime_class;
  }
  place(out, pod, platform);
  return out;
}

}  // namespace

cluster::Job make_job(const ChildOf& child, WorkerPod pod, const Platform& platform) {
  pod.pods = std::max(pod.pods, 1);
  pod.run.owner = run_owner(child);
  cluster::Job out;
  out.meta = child_meta(child);
  out.spec.completions = pod.pods;
  out.spec.parallelism = pod.pods;
  out.spec.pod = build_pod(pod, child, platform);
  if (pod.queue.empty() || !platform.kueue) return out;
  out.spec.pod.queue = pod.queue;
  out.spec.pod.queue_priority = pod.queue_priority;
  out.spec.suspend = true;  // Kueue lets it run
  return out;
}

std::optional<cluster::Service> peers_service(const ChildOf& child, const WorkerPod& pod) {
  if (!joins(pod)) return std::nullopt;
  cluster::Service out;
  out.meta = child_meta(child);
  out.meta.name = service_name(child);
  for (const auto label : {kRunLabel, kAttemptLabel, kIdentityLabel}) out.meta.labels.erase(std::string(label));
  out.selector = {{std::string(kOwnerUidLabel), child.owner.uid}};
  return out;
}

}  // namespace visionops::core
