#include "operator/core/pod_template.h"

#include <gtest/gtest.h>

#include "base/given_cores.h"
#include "base/names.h"
#include "operator/core/children.h"
#include "operator/core/pipeline/worker_pod.h"
#include "operator/core/run/run_identity.h"
#include "operator/core/training_job/worker_pod.h"
#include "tests/unit/core/resources.h"
#include "worker/contract/store_location.h"

namespace visionops::core {
namespace {

cluster::Job job_of(const api::Pipeline& pipeline, const api::PipelineStatus& status, const Platform& platform) {
  PipelineObserved o;
  o.pipeline = pipeline;
  o.platform = platform;
  return make_job(child_of("Pipeline", pipeline.meta, status), pipeline_pod(o, status), platform);
}

TrainingJobObserved observed(const api::TrainingJob& job, const Platform& platform) {
  TrainingJobObserved o;
  o.job = job;
  o.platform = platform;
  return o;
}

cluster::Job job_of(const api::TrainingJob& job, const api::TrainingJobStatus& status, const Platform& platform) {
  return make_job(child_of("TrainingJob", job.meta, status), training_pod(observed(job, platform), status), platform);
}

std::optional<cluster::Service> training_service(const api::TrainingJob& job, const api::TrainingJobStatus& status) {
  return peers_service(child_of("TrainingJob", job.meta, status), training_pod(observed(job, {}), status));
}

api::PipelineStatus pipeline_status() {
  api::PipelineStatus s;
  s.run = 1;
  s.attempt = 2;
  s.resolved.emplace();
  api::PinnedDataset source;
  source.store = "archive";
  s.resolved->sources = {source};
  s.resolved->output = api::ResolvedOutput{"night-train-v1.0.0", "night", Split::Train, "v1.0.0", "datasets", "p"};
  return s;
}

const cluster::VolumeMount* mount(const cluster::Container& c, const std::string& path) {
  for (const auto& m : c.mounts) {
    if (m.mount_path == path) return &m;
  }
  return nullptr;
}

api::ResolvedTraining trains_from(const std::string& store) {
  api::ResolvedTraining resolved;
  resolved.train.emplace().store = store;
  return resolved;
}

TEST(PodTemplate, MountsSourcesReadOnlyAndTheOutputWritable) {
  const auto pod = job_of(pipeline(), pipeline_status(), {}).spec.pod;
  ASSERT_EQ(pod.containers.size(), 2u);
  EXPECT_TRUE(pod.containers[0].sidecar);
  const auto& worker = pod.containers[1];
  ASSERT_NE(mount(worker, "/stores/archive"), nullptr);
  EXPECT_TRUE(mount(worker, "/stores/archive")->read_only);
  EXPECT_FALSE(mount(worker, "/stores/datasets")->read_only);
  EXPECT_NE(mount(worker, "/visionops"), nullptr);
  EXPECT_EQ(mount(pod.containers[0], "/stores/datasets"), nullptr) << "the sidecar of a Pipeline needs no store";
}

TEST(PodTemplate, TellsTheWorkerHowManyCoresWereAskedForAndNothingWhenNobodyDid) {
  api::TrainingJobStatus status;
  status.run = status.attempt = 1;
  status.resolved = trains_from("archive");
  auto job = training_job();
  const auto given = [&] {
    std::string out = "nothing";
    for (const auto& container : job_of(job, status, {}).spec.pod.containers) {
      for (const auto& variable : container.env) {
        if (variable.name == kGivenCoresEnv) out = (container.sidecar ? "sidecar " : "") + variable.value;
      }
    }
    return out;
  };
  job.spec.resources.reset();
  EXPECT_EQ(given(), "nothing");
  job.spec.resources.emplace().cpu = "2";
  EXPECT_EQ(given(), "2");
}

Platform platform_with_bucket(const std::string& name) {
  Platform platform;
  S3Store bucket;
  bucket.location.endpoint = "https://minio:9000";
  bucket.location.bucket = "vision";
  bucket.location.prefix = "teams/{namespace}";
  bucket.secret = "vision-s3";
  bucket.ca_config_map = "vision-ca";
  platform.s3_stores[name] = bucket;
  return platform;
}

std::string value_of(const cluster::Container& c, const std::string& name) {
  for (const auto& variable : c.env) {
    if (variable.name == name) return variable.value;
  }
  return "";
}

TEST(PodTemplate, TellsOfABucketAndMountsItsKeys) {
  const auto pod = job_of(pipeline(), pipeline_status(), platform_with_bucket("datasets")).spec.pod;
  const auto& worker = pod.containers[1];
  EXPECT_EQ(mount(worker, "/stores/datasets"), nullptr);
  EXPECT_NE(mount(worker, "/stores/archive"), nullptr) << "the other store is still a claim";
  ASSERT_NE(mount(worker, "/var/run/secrets/visionops-stores/datasets"), nullptr);
  EXPECT_TRUE(mount(worker, "/var/run/secrets/visionops-stores/datasets")->read_only);
  Problems problems;
  const auto location = contract::decode_s3_location(value_of(worker, "VISIONOPS_STORE_DATASETS"), problems);
  EXPECT_TRUE(problems.empty()) << describe(problems);
  EXPECT_EQ(location.prefix, "teams/" + pipeline().meta.namespace_);
  EXPECT_EQ(location.credentials_folder, "/var/run/secrets/visionops-stores/datasets");
  EXPECT_EQ(location.ca_file, "/etc/visionops/stores/datasets/ca.crt");
  EXPECT_FALSE(location.read_only);
  EXPECT_EQ(value_of(pod.containers[0], "VISIONOPS_STORE_DATASETS"), "") << "the sidecar of a Pipeline needs no store";
  EXPECT_EQ(mount(pod.containers[0], "/var/run/secrets/visionops-stores/datasets"), nullptr);
  std::set<std::string> volumes;
  for (const auto& v : pod.volumes) volumes.insert(v.name);
  for (const auto& m : worker.mounts) EXPECT_TRUE(volumes.contains(m.name)) << m.name;
  EXPECT_TRUE(volumes.contains("store-keys-datasets"));
  EXPECT_FALSE(volumes.contains("store-datasets"));
}

TEST(PodTemplate, TheTrainerOnlyReadsTheBucketThatItsSidecarWrites) {
  api::TrainingJobStatus s;
  s.run = 1;
  s.attempt = 1;
  s.resolved = trains_from("models");
  const auto pod = job_of(training_job(), s, platform_with_bucket("models")).spec.pod;
  Problems problems;
  const auto sidecar = contract::decode_s3_location(value_of(pod.containers[0], "VISIONOPS_STORE_MODELS"), problems);
  const auto trainer = contract::decode_s3_location(value_of(pod.containers[1], "VISIONOPS_STORE_MODELS"), problems);
  EXPECT_FALSE(sidecar.read_only);
  EXPECT_TRUE(trainer.read_only);
}

TEST(PodTemplate, EveryMountHasItsVolumeOnce) {
  auto t = training_job();
  t.spec.resources.emplace().shared_memory = "1Gi";
  api::TrainingJobStatus s;
  s.run = 1;
  s.attempt = 1;
  s.resolved = trains_from("models");  // the same store as the checkpoints
  Platform platform;
  platform.telemetry_url = "https://x";
  const auto pod = job_of(t, s, platform).spec.pod;
  std::set<std::string> volumes;
  for (const auto& v : pod.volumes) EXPECT_TRUE(volumes.insert(v.name).second) << v.name;
  for (const auto& c : pod.containers) {
    std::set<std::string> paths;
    for (const auto& m : c.mounts) {
      EXPECT_TRUE(volumes.contains(m.name)) << m.name;
      EXPECT_TRUE(paths.insert(m.mount_path).second) << m.mount_path;
    }
  }
  EXPECT_TRUE(mount(pod.containers[1], "/stores/models")->read_only) << "only the sidecar stores checkpoints";
  EXPECT_FALSE(mount(pod.containers[0], "/stores/models")->read_only);
  EXPECT_NE(mount(pod.containers[1], "/dev/shm"), nullptr);
}

TEST(PodTemplate, EveryContainerHasRequestsAndLimits) {
  auto p = pipeline();
  p.spec.resources = api::PodResources{"4", "8Gi"};
  const auto pod = job_of(p, pipeline_status(), {}).spec.pod;
  for (const auto& c : pod.containers) {
    for (const char* resource : {"cpu", "memory"}) {
      EXPECT_TRUE(c.requests.contains(resource)) << c.name;
      EXPECT_TRUE(c.limits.contains(resource)) << c.name;
    }
  }
  EXPECT_EQ(pod.containers[1].limits.at("memory"), "8Gi");
  EXPECT_EQ(pod.containers[0].limits.at("memory"), "64Mi");
}

TEST(PodTemplate, ThePlatformsVariablesComeAfterTheUsersAndWin) {
  auto t = training_job();
  t.spec.env = {{"OMP_NUM_THREADS", "2"}, {"VISIONOPS_RUN", "forged"}};
  api::TrainingJobStatus s;
  s.run = 1;
  s.attempt = 1;
  s.resolved = trains_from("datasets");
  const auto pod = job_of(t, s, {}).spec.pod;
  const auto& env = pod.containers[1].env;
  const auto last = std::find_if(env.rbegin(), env.rend(), [](const auto& v) { return v.name == "VISIONOPS_RUN"; });
  ASSERT_NE(last, env.rend());
  EXPECT_NE(last->value, "forged");
  EXPECT_EQ(env[0].name, "OMP_NUM_THREADS");
}

TEST(PodTemplate, NoVariableOfTheUserReachesTheSidecar) {
  auto t = training_job();
  t.spec.env = {{"LD_PRELOAD", "/stores/datasets/x.so"}, {"OPENSSL_CONF", "/stores/datasets/x.cnf"}};
  api::TrainingJobStatus s;
  s.run = 1;
  s.attempt = 1;
  s.resolved = trains_from("datasets");
  const auto pod = job_of(t, s, {}).spec.pod;
  EXPECT_EQ(value_of(pod.containers[1], "LD_PRELOAD"), "/stores/datasets/x.so");
  ASSERT_TRUE(pod.containers[0].sidecar);
  for (const auto& v : pod.containers[0].env) EXPECT_TRUE(v.name.starts_with("VISIONOPS_")) << v.name;
}

TEST(PodTemplate, TheSidecarWritesNothingWhereItsWorkerCan) {
  api::TrainingJobStatus s;
  s.run = 1;
  s.attempt = 1;
  s.resolved = trains_from("datasets");
  const auto pod = job_of(training_job(), s, {}).spec.pod;
  const auto& sidecar = pod.containers[0];
  const auto& worker = pod.containers[1];
  for (const auto& m : sidecar.mounts) {
    if (m.read_only) continue;
    for (const auto& other : worker.mounts) EXPECT_TRUE(other.name != m.name || other.read_only) << m.name;
  }
  ASSERT_NE(mount(worker, value_of(worker, "VISIONOPS_ANSWERS_DIR")), nullptr);
  EXPECT_TRUE(mount(sidecar, value_of(worker, "VISIONOPS_POD_DIR"))->read_only);
  EXPECT_NE(mount(sidecar, value_of(sidecar, "VISIONOPS_SIDECAR_DIR")), nullptr);
  EXPECT_EQ(value_of(worker, "VISIONOPS_SIDECAR_DIR"), "");
  EXPECT_EQ(mount(worker, value_of(sidecar, "VISIONOPS_SIDECAR_DIR")), nullptr);
}

TEST(PodTemplate, TheTokenIsMountedOnlyWhereTelemetryIsSent) {
  Platform platform;
  platform.telemetry_url = "https://x";
  const auto with = job_of(pipeline(), pipeline_status(), platform).spec.pod;
  const auto without = job_of(pipeline(), pipeline_status(), {}).spec.pod;
  const auto has_token = [](const cluster::PodTemplate& pod) {
    return std::any_of(pod.volumes.begin(), pod.volumes.end(),
                       [](const auto& v) { return std::holds_alternative<cluster::TelemetryTokenVolume>(v.source); });
  };
  EXPECT_TRUE(has_token(with));
  EXPECT_FALSE(has_token(without));
  EXPECT_EQ(mount(with.containers[1], "/var/run/secrets/visionops"), nullptr) << "the worker does not get the token";
  for (const auto& v : with.containers[1].env) EXPECT_FALSE(v.name.starts_with("VISIONOPS_TELEMETRY")) << v.name;
}

/// As a runtime that trains on several nodes will ask for it; the builtin one refuses more than one.
api::TrainingJob training_on(std::int32_t nodes, std::int32_t gpus) {
  auto t = training_job();
  t.meta.uid = "t-1";
  t.spec.resources.emplace().nodes = nodes;
  t.spec.resources->gpus = gpus;
  return t;
}

api::TrainingJobStatus second_attempt() {
  api::TrainingJobStatus s;
  s.run = 1;
  s.attempt = 2;
  s.resolved = trains_from("datasets");
  return s;
}

std::string variable(const cluster::Container& container, const std::string& name) {
  const auto it =
      std::find_if(container.env.begin(), container.env.end(), [&](const auto& v) { return v.name == name; });
  return it == container.env.end() ? "" : it->value;
}

TEST(SeveralNodes, FindTheFirstPodUnderTheHeadlessServiceOfTheTraining) {
  const auto t = training_on(4, 2);
  const auto job = job_of(t, second_attempt(), {});
  const auto service = training_service(t, second_attempt());
  ASSERT_TRUE(service.has_value());
  EXPECT_EQ(service->meta.name, "vtj-detector-pods");
  EXPECT_EQ(service->meta.owner_references, job.meta.owner_references);
  for (const auto& [label, value] : service->selector) EXPECT_EQ(job.spec.pod.labels.at(label), value);
  EXPECT_EQ(job.spec.completions, 4);
  EXPECT_EQ(job.spec.parallelism, 4);
  EXPECT_EQ(job.spec.pod.subdomain, service->meta.name);
  const auto& worker = job.spec.pod.containers[1];
  EXPECT_TRUE(worker.ranked);
  EXPECT_EQ(variable(worker, "MASTER_ADDR"), "detector-vtj-r1-a2-0.vtj-detector-pods");
  EXPECT_EQ(variable(worker, "PET_MASTER_ADDR"), variable(worker, "MASTER_ADDR"));
  EXPECT_EQ(variable(worker, "MASTER_PORT"), "29500");
  EXPECT_EQ(variable(worker, "PET_NNODES"), "4");
  EXPECT_EQ(variable(worker, "PET_NPROC_PER_NODE"), "2");
  EXPECT_EQ(variable(worker, "WORLD_SIZE"), "8");
  EXPECT_FALSE(job.spec.pod.containers[0].ranked) << "the sidecar takes no part";
}

TEST(SeveralNodes, OneNodeNeedsNoService) {
  const auto job = job_of(training_on(1, 2), second_attempt(), {});
  EXPECT_FALSE(training_service(training_on(1, 2), second_attempt()));
  EXPECT_TRUE(job.spec.pod.subdomain.empty());
  EXPECT_EQ(variable(job.spec.pod.containers[1], "MASTER_ADDR"), "");
}

TEST(SeveralNodes, TheNameOfTheServiceIsALabelThatBeginsWithALetter) {
  auto t = training_on(2, 0);
  t.meta.name = "4" + std::string(62, 'k');
  const auto name = training_service(t, second_attempt())->meta.name;
  EXPECT_TRUE(is_dns_label(name)) << name;
  EXPECT_TRUE(name.starts_with("vtj-")) << name;
}

TEST(Children, HaveNamesThatTellResourceKindRunAndAttempt) {
  const auto meta = pipeline("street-v2").meta;
  EXPECT_EQ(job_name({"Pipeline", meta, 3, 2}), "street-v2-vpl-r3-a2");
  EXPECT_EQ(job_name({"TrainingJob", meta, 3, 2}), "street-v2-vtj-r3-a2");
  EXPECT_NE(job_name({"Pipeline", pipeline("street.v2").meta, 3, 2}), "street-v2-vpl-r3-a2");
}

TEST(Children, LongNamesStayLabelsAndStayDifferent) {
  const auto a = pipeline(std::string(63, 'a')).meta;
  const auto b = pipeline(std::string(62, 'a') + "b").meta;
  const auto name = job_name({"Pipeline", a, 1, 1});
  EXPECT_LE((name + "-255").size(), 63u) << "the host name of the last Pod";
  EXPECT_NE(name, job_name({"Pipeline", b, 1, 1}));
  EXPECT_NE(name, job_name({"Pipeline", a, 1, 2}));
}

}  // namespace
}  // namespace visionops::core
