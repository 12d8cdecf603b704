// A Job and a Pod with everything that VisionOps writes.
#pragma once

#include "operator/cluster/workload.h"

namespace visionops::cluster {

inline Container sample_container(const std::string& name, bool sidecar) {
  Container out;
  out.name = name;
  out.image = "visionops-worker:0.1";
  out.command = {"visionops-worker"};
  out.args = {"train"};
  out.env = {{"VISIONOPS_RUN", "{}"}, {"EMPTY", ""}};
  out.mounts = {{"store-datasets", "/stores/datasets", "", true}, {"pod", "/visionops", "sub", false}};
  out.requests = {{"cpu", "2"}, {"memory", "4Gi"}};
  out.limits = {{"memory", "4Gi"}, {"nvidia.com/gpu", "1"}};
  out.sidecar = sidecar;
  if (!sidecar) out.secrets = {"hf"};
  return out;
}

inline PodTemplate sample_template() {
  PodTemplate out;
  out.labels = {{"visionops.dev/name", "detector"}};
  out.containers = {sample_container("sidecar", true), sample_container("worker", false)};
  out.volumes = {{"store-datasets", StoreVolume{"datasets"}},
                 {"pod", EmptyDirVolume{}},
                 {"shm", EmptyDirVolume{true, "2Gi"}},
                 {"token", TelemetryTokenVolume{}},
                 {"store-keys-archive", SecretVolume{"vision-s3"}},
                 {"store-ca-archive", ConfigMapVolume{"vision-ca"}}};
  out.termination_grace_period_seconds = 60;
  out.gpu_product = "NVIDIA-H200";
  out.node_selector = {{"kubernetes.io/arch", "amd64"}};
  out.tolerations = {{"gpu", "Equal", "yes", "NoExecute", 60}, {"", "Exists", "", "", std::nullopt}};
  out.priority_class = "batch";
  out.neighbours = Neighbours{"topology.kubernetes.io/zone", {{"visionops.dev/uid", "t-1"}}};
  out.avoid_nodes = {"node-2"};
  return out;
}

inline Job sample_job() {
  Job job;
  job.meta.name = "detector-r1-a1";
  job.meta.namespace_ = "default";
  job.meta.labels = {{"visionops.dev/name", "detector"}};
  job.meta.owner_references = {{"visionops.dev/v1alpha1", "TrainingJob", "detector", "uid", true, true}};
  job.spec.completions = 4;
  job.spec.parallelism = 2;
  job.spec.active_deadline_seconds = 3600;
  job.spec.ttl_seconds_after_finished = 0;
  job.spec.pod = sample_template();
  job.spec.pod.annotations = {{"karpenter.sh/do-not-disrupt", "true"}};
  job.spec.pod.queue = "team-a";
  job.spec.pod.queue_priority = "urgent";
  return job;
}

inline Pod sample_pod() {
  Pod pod;
  pod.meta.name = "detector-r1-a1-3";
  pod.meta.namespace_ = "default";
  pod.meta.labels = {{"visionops.dev/name", "detector"}};
  pod.spec = sample_template();
  pod.completion_index = 3;
  pod.node = "node-1";
  pod.phase = PodPhase::Failed;
  pod.containers = {{"sidecar", true, false, 0, 0, "", "", 2}, {"worker", false, true, 137, 9, "OOMKilled", "{}", 0}};
  return pod;
}

}  // namespace visionops::cluster
