#include "operator/core/pod_placement.h"

#include <gtest/gtest.h>

#include <random>

#include "base/json.h"
#include "operator/cluster/job_codec.h"
#include "operator/core/dataset/worker_pods.h"
#include "operator/core/pipeline/worker_pod.h"
#include "operator/core/reconcile.h"
#include "operator/core/training_job/worker_pod.h"
#include "tests/unit/core/resources.h"

namespace visionops::core {
namespace {

api::Profile mig() {
  api::Profile out;
  out.name = "mig-1g";
  out.gpu_resource = "nvidia.com/mig-1g.10gb";
  out.runtime_class_name = "nvidia";
  out.priority_class_name = "batch";
  out.topology_key = "topology.kubernetes.io/zone";
  out.node_selector = {{"pool", "gpu"}};
  out.tolerations.emplace_back().key = "nvidia.com/gpu";
  return out;
}

api::TrainingJob wants_everything() {
  auto job = training_job();
  job.spec.profile = "mig-1g";
  job.spec.secrets = {"hf"};
  job.spec.mounts = {"weights"};
  job.spec.resources.emplace().gpus = 2;
  job.spec.resources->nodes = 2;
  job.spec.resources->shared_memory = "1Gi";
  return job;
}

cluster::Job training_placed_by(const Platform& platform, const api::TrainingJob& job = wants_everything()) {
  TrainingJobObserved o;
  o.job = job;
  o.platform = platform;
  api::TrainingJobStatus status;
  status.run = status.attempt = 1;
  status.resolved.emplace().train.emplace().store = "datasets";
  return make_job({"TrainingJob", o.job.meta, 1, 1, "id"}, training_pod(o, status), platform);
}

cluster::Job pipeline_placed_by(const Platform& platform) {
  PipelineObserved o;
  o.pipeline = pipeline();
  o.pipeline.spec.profile = "mig-1g";
  o.platform = platform;
  api::PipelineStatus status;
  status.resolved.emplace().output = api::ResolvedOutput{"n", "night", Split::Train, "v1.0.0", "datasets", "p"};
  return make_job({"Pipeline", o.pipeline.meta, 1, 1, "id"}, pipeline_pod(o, status), platform);
}

cluster::Job inspection_placed_by(const Platform& platform) {
  DatasetObserved o;
  o.dataset = dataset("street-train-v1.0.0");
  o.dataset.spec.profile = "mig-1g";
  o.platform = platform;
  return make_job({"Dataset", o.dataset.meta, 1, 1, "id"}, inspection_pod(o, o.dataset.status), platform);
}

std::vector<cluster::Job> all_kinds_on(const Platform& platform) {
  return {training_placed_by(platform), pipeline_placed_by(platform), inspection_placed_by(platform)};
}

Platform with(api::Profile profile) {
  Platform platform;
  platform.profiles = {std::move(profile)};
  return platform;
}

TEST(PodPlacement, TheProfileDecidesWhatGpusAreCountedIn) {
  const auto pod = training_placed_by(with(mig())).spec.pod;
  const auto& worker = pod.containers.back();
  EXPECT_EQ(worker.requests.at("nvidia.com/mig-1g.10gb"), "2");
  EXPECT_EQ(worker.limits.at("nvidia.com/mig-1g.10gb"), "2");
  EXPECT_FALSE(worker.limits.contains("nvidia.com/gpu"));
  EXPECT_EQ(training_placed_by({}).spec.pod.containers.back().limits.at("nvidia.com/gpu"), "2");
}

TEST(PodPlacement, PodsOfEveryKindHaveWhatTheAdministratorSaysOfAllAndOfTheirProfile) {
  auto platform = with(mig());
  platform.gpu_runtime_class = "other";
  platform.pods.labels = {{"cost-centre", "vision"}};
  platform.pods.annotations = {{"karpenter.sh/do-not-disrupt", "true"}};
  platform.pods.node_selector = {{"kubernetes.io/arch", "amd64"}, {"pool", "any"}};
  platform.pods.priority_class_name = "low";
  platform.pods.tolerations.emplace_back().key = "shared";
  for (const auto& job : all_kinds_on(platform)) {
    const auto& pod = job.spec.pod;
    EXPECT_EQ(pod.labels.at("cost-centre"), "vision");
    EXPECT_EQ(pod.annotations.at("karpenter.sh/do-not-disrupt"), "true");
    EXPECT_EQ(pod.node_selector,
              (std::map<std::string, std::string>{{"kubernetes.io/arch", "amd64"}, {"pool", "gpu"}}));
    EXPECT_EQ(pod.priority_class, "batch") << "the profile wins";
    EXPECT_EQ(pod.runtime_class, "nvidia");
    ASSERT_EQ(pod.tolerations.size(), 2u);
    EXPECT_EQ(pod.tolerations[0].key, "nvidia.com/gpu");
    EXPECT_EQ(pod.tolerations[1].key, "shared");
  }
}

TEST(PodPlacement, NothingOfTheAdministratorOverwritesWhatTheOperatorKnowsItsPodsBy) {
  const auto plain = all_kinds_on({});
  auto profile = mig();
  Platform platform;
  for (const auto& job : plain) {
    for (const auto& [key, value] : job.spec.pod.labels) profile.labels[key] = platform.pods.labels[key] = "forged";
  }
  platform.profiles = {profile};
  const auto forged = all_kinds_on(platform);
  for (std::size_t i = 0; i < plain.size(); ++i) EXPECT_EQ(forged[i].spec.pod.labels, plain[i].spec.pod.labels);
}

TEST(PodPlacement, PodsThatWorkTogetherRatherShareTheTopologyOfTheProfile) {
  const auto near = training_placed_by(with(mig())).spec.pod;
  ASSERT_TRUE(near.neighbours);
  EXPECT_EQ(near.neighbours->topology_key, "topology.kubernetes.io/zone");
  for (const auto& [key, value] : near.neighbours->labels) EXPECT_EQ(near.labels.at(key), value);
  EXPECT_EQ(near.neighbours->labels.at("visionops.dev/attempt"), "1");
  auto alone = wants_everything();
  alone.spec.resources->nodes = 1;
  EXPECT_FALSE(training_placed_by(with(mig()), alone).spec.pod.neighbours);
}

TEST(PodPlacement, SecretsAndMountsReachTheTrainerAndNobodyElse) {
  const auto pod = training_placed_by({}).spec.pod;
  EXPECT_EQ(pod.containers.back().secrets, std::vector<std::string>{"hf"});
  EXPECT_TRUE(pod.containers.front().secrets.empty());
  const auto& mounts = pod.containers.back().mounts;
  const auto weights = std::ranges::find(mounts, "/stores/weights", &cluster::VolumeMount::mount_path);
  ASSERT_NE(weights, mounts.end());
  EXPECT_TRUE(weights->read_only);
  EXPECT_EQ(std::ranges::count(pod.containers.front().mounts, "/stores/weights", &cluster::VolumeMount::mount_path), 0);
}

TEST(PodPlacement, NoPodCanFillItsNode) {
  Platform platform;
  platform.telemetry_url = "https://x";
  platform.pods.ephemeral_storage = {"0", "7Gi"};
  for (const auto& job : all_kinds_on(platform)) {
    for (const auto& container : job.spec.pod.containers) {
      EXPECT_TRUE(container.requests.contains("ephemeral-storage")) << container.name;
      EXPECT_TRUE(container.limits.contains("ephemeral-storage")) << container.name;
    }
    EXPECT_EQ(job.spec.pod.containers.back().limits.at("ephemeral-storage"), "7Gi");
    EXPECT_EQ(job.spec.pod.containers.back().requests.at("ephemeral-storage"), "0");
    for (const auto& volume : job.spec.pod.volumes) {
      const auto* folder = std::get_if<cluster::EmptyDirVolume>(&volume.source);
      EXPECT_TRUE(folder == nullptr || !folder->size_limit.empty()) << volume.name;
    }
  }
}

TEST(PodPlacement, TheSidecarTakesWhatTheAdministratorGivesIt) {
  Platform platform;
  platform.pods.sidecar_resources.requests.cpu = "50m";
  const auto sidecar = training_placed_by(platform).spec.pod.containers.front();
  EXPECT_EQ(sidecar.requests.at("cpu"), "50m");
  EXPECT_EQ(sidecar.requests.at("memory"), "16Mi");
  EXPECT_EQ(sidecar.limits.at("cpu"), "100m");
}

/// Everything of a Job that the administrator may say, taken away.
Json without_placement(Json job) {
  auto& pod = job["spec"]["template"];
  pod.erase("metadata");
  auto& spec = pod["spec"];
  for (const char* key : {"nodeSelector", "tolerations", "priorityClassName", "runtimeClassName", "affinity"}) {
    spec.erase(key);
  }
  for (const char* list : {"containers", "initContainers"}) {
    if (!spec.contains(list)) continue;
    for (auto& container : spec[list]) container.erase("resources");
  }
  for (auto& volume : spec["volumes"]) {
    if (volume.contains("emptyDir")) volume["emptyDir"].erase("sizeLimit");
  }
  return job;
}

/// Settings with words in them that would loosen a Pod wherever they landed.
class AnySettings {
 public:
  explicit AnySettings(unsigned seed) : random_(seed) {}
  Platform platform() {
    Platform out;
    fill(out.pods);
    auto profile = mig();
    fill(profile);
    profile.gpu_resource = word() + "/" + word();
    profile.runtime_class_name = word();
    profile.topology_key = word();
    out.profiles = {profile};
    out.pods.sidecar_resources.limits.memory = "1Gi";
    out.pods.ephemeral_storage = {"0", std::to_string(1 + random_() % 9) + "Gi"};
    return out;
  }

 private:
  std::string word() {
    static const std::vector<std::string> words{"privileged",  "securityContext",
                                                "hostNetwork", "true",
                                                "worker",      "seccompProfile",
                                                "Unconfined",  "serviceAccount",
                                                "sidecar",     "pod",
                                                "hostPath",    "runAsUser",
                                                "0",           "spec"};
    return words[random_() % words.size()];
  }
  void fill(api::Placement& placement) {
    for (auto n = random_() % 5; n > 0; --n) {
      placement.labels[word()] = word();
      placement.annotations[word()] = word();
      placement.node_selector[word()] = word();
      auto& toleration = placement.tolerations.emplace_back();
      toleration.key = word();
      toleration.value = word();
    }
    if (random_() % 2 == 0) placement.priority_class_name = word();
  }
  std::mt19937 random_;
};

TEST(PodPlacement, NoSettingOfTheAdministratorReachesWhatAContainerMayDo) {
  const auto plain = all_kinds_on({});
  for (unsigned seed = 0; seed < 200; ++seed) {
    const auto placed = all_kinds_on(AnySettings(seed).platform());
    for (std::size_t i = 0; i < plain.size(); ++i) {
      ASSERT_EQ(without_placement(cluster::encode_job(placed[i])), without_placement(cluster::encode_job(plain[i])))
          << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace visionops::core
