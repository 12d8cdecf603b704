#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "operator/assembly/operator_config_file.h"

namespace visionops::commands {
namespace {

class OperatorConfigTest : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(file_); }
  Result<api::OperatorConfig> read(const std::string& text) const {
    std::ofstream(file_) << text;
    return read_operator_config(file_);
  }
  std::string message(const std::string& text) const {
    const auto config = read(text);
    return config ? "" : config.error().message;
  }
  const std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("visionops-config-" + std::to_string(::getpid()) + ".yaml");
};

TEST_F(OperatorConfigTest, TakesDefaultsForWhatIsAbsent) {
  const auto config = read("");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_TRUE(config->namespaces.empty());
  EXPECT_EQ(config->workers, 4);
  EXPECT_EQ(config->leader_election.lease_duration_seconds, 15);
  EXPECT_EQ(config->http.port, 8080);
  EXPECT_EQ(config->log.format, api::LogFormat::JSON);
}

TEST_F(OperatorConfigTest, ReadsWhatTheChartWrites) {
  const auto config = read(R"(
namespaces: ["team-a","team-b"]
stores: ["datasets"]
images: {worker: "registry.example/worker:1", workerCuda: "cuda:1"}
gpu: {runtimeClassName: "nvidia"}
kueue: true
telemetry:
  host: 0.0.0.0
  port: 8443
  url: https://visionops-telemetry.visionops-system.svc:8443/telemetry
  certificateFile: /var/run/secrets/visionops-telemetry/tls.crt
  keyFile: /var/run/secrets/visionops-telemetry/tls.key
  caFile: /var/run/secrets/visionops-telemetry/ca.crt
log: {level: debug, format: Text}
)");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->namespaces, (std::vector<std::string>{"team-a", "team-b"}));
  EXPECT_EQ(config->images.worker_cuda, "cuda:1");
  EXPECT_EQ(config->gpu.runtime_class_name, "nvidia");
  EXPECT_TRUE(config->kueue);
  EXPECT_EQ(config->telemetry.port, 8443);
  EXPECT_EQ(config->log.level, api::LogLevel::Debug);
}

TEST_F(OperatorConfigTest, TakesStoresAsNamesOrAsMappings) {
  const auto config = read(R"(
stores:
  - datasets
  - {name: models}
  - name: archive
    kind: S3
    s3: {endpoint: "https://minio:9000", bucket: vision, prefix: "teams/{namespace}", secretName: keys, caConfigMap: ca}
)");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->stores.size(), 3U);
  EXPECT_EQ(config->stores[0].name, "datasets");
  EXPECT_EQ(config->stores[0].kind, api::StoreKind::PVC);
  EXPECT_EQ(config->stores[1].name, "models");
  EXPECT_EQ(config->stores[2].kind, api::StoreKind::S3);
  EXPECT_EQ(config->stores[2].s3.region, "us-east-1");
  EXPECT_EQ(config->stores[2].s3.secret_name, "keys");
}

TEST_F(OperatorConfigTest, RefusesStoresThatContradictThemselves) {
  const std::string bucket = "s3: {endpoint: 'https://x', bucket: abc, secretName: s}";
  EXPECT_NE(message("stores: [a, {name: a}]").find("stores[1] \"a\" is used twice"), std::string::npos);
  EXPECT_NE(message("stores: ['/srv']").find("stores[0].name"), std::string::npos);
  EXPECT_NE(message("stores: [{name: a, kind: S3}]").find("stores[0].s3 is required"), std::string::npos);
  EXPECT_NE(message("stores: [{name: a, " + bucket + "}]").find("stores[0].s3 is for kind S3"), std::string::npos);
  EXPECT_NE(message("stores: [{name: a, kind: S3, s3: {endpoint: 'https://x/y', bucket: abc, secretName: s}}]")
                .find("stores[0].s3.endpoint"),
            std::string::npos);
  EXPECT_NE(message("stores: [{name: a, kind: S3, s3: {endpoint: 'https://x', bucket: abc, secretName: s, "
                    "prefix: ../up}}]")
                .find("stores[0].s3.prefix"),
            std::string::npos);
  EXPECT_NE(message("stores: [{name: a, kind: S3, s3: {endpoint: 'https://x', bucket: abc, secretName: s, "
                    "secretKey: mine}}]")
                .find("secretKey"),
            std::string::npos);
}

TEST_F(OperatorConfigTest, ReadsWhatTheAdministratorSaysOfPods) {
  const auto config = read(R"(
pods:
  labels: {cost-centre: vision}
  annotations: {karpenter.sh/do-not-disrupt: "true"}
  nodeSelector: {kubernetes.io/arch: amd64}
  tolerations: [{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]
  priorityClassName: batch
  sidecarResources: {requests: {cpu: 50m}}
  ephemeralStorage: {request: "0", limit: 5Gi}
profiles:
  - {name: mig-1g, gpuResource: nvidia.com/mig-1g.10gb, runtimeClassName: nvidia, topologyKey: topology.kubernetes.io/zone}
  - name: whole
secrets: [hf, wandb]
)");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->pods.labels.at("cost-centre"), "vision");
  EXPECT_EQ(config->pods.tolerations.at(0).effect, api::TaintEffect::NoSchedule);
  EXPECT_EQ(config->pods.ephemeral_storage.limit, "5Gi");
  EXPECT_EQ(config->profiles.at(0).gpu_resource, "nvidia.com/mig-1g.10gb");
  EXPECT_EQ(config->profiles.at(1).gpu_resource, "nvidia.com/gpu");
  EXPECT_EQ(config->secrets, (std::vector<std::string>{"hf", "wandb"}));
}

TEST_F(OperatorConfigTest, RefusesWhatIsNotTheAdministratorsToSayOfPods) {
  const auto refused = [&](const std::string& text, const std::string& path) {
    const auto words = message(text);
    EXPECT_NE(words.find(file_.string()), std::string::npos) << text << " -> " << words;
    EXPECT_NE(words.find(path), std::string::npos) << text << " -> " << words;
  };
  refused("pods: {labels: {visionops.dev/uid: x}}", "pods.labels.visionops.dev/uid");
  refused("pods: {labels: {app.kubernetes.io/name: x}}", "pods.labels.app.kubernetes.io/name");
  refused("pods: {labels: {kueue.x-k8s.io/queue-name: x}}", "pods.labels.kueue.x-k8s.io/queue-name");
  refused("pods: {annotations: {batch.kubernetes.io/job-completion-index: '3'}}", "pods.annotations.batch");
  refused("pods: {annotations: {container.apparmor.security.beta.kubernetes.io/worker: unconfined}}",
          "pods.annotations.container.apparmor");
  refused("profiles: [{name: a, annotations: {seccomp.security.alpha.kubernetes.io/pod: unconfined}}]",
          "profiles[0].annotations.seccomp");
  refused("pods: {labels: {'a b': x}}", "pods.labels");
  refused("pods: {labels: {a: 'x y'}}", "pods.labels");
  refused("pods: {securityContext: {}}", "pods.securityContext");
  refused("pods: {tolerations: [{operator: Exists, value: x}]}", "pods.tolerations[0].value");
  refused("pods: {tolerations: [{value: x}]}", "pods.tolerations[0].operator");
  refused("pods: {tolerations: [{key: a, tolerationSeconds: 5}]}", "pods.tolerations[0].tolerationSeconds");
  refused("pods: {tolerations: [{key: a, effect: Never}]}", "pods.tolerations[0].effect");
  refused("pods: {sidecarResources: {requests: {cpu: 200m}}}", "pods.sidecarResources.requests.cpu");
  refused("pods: {sidecarResources: {limits: {memory: many}}}", "pods.sidecarResources.limits.memory");
  refused("pods: {ephemeralStorage: {request: 2Gi, limit: 1Gi}}", "pods.ephemeralStorage.request");
  refused("pods: {ephemeralStorage: {limit: '0'}}", "pods.ephemeralStorage.limit");
  refused("profiles: [{name: a}, {name: a}]", "profiles[1].name");
  refused("profiles: [{gpuResource: nvidia.com/gpu}]", "profiles[0].name");
  refused("profiles: [{name: a, gpuResource: gpu}]", "profiles[0].gpuResource");
  refused("profiles: [{name: a, gpuResource: kubernetes.io/gpu}]", "profiles[0].gpuResource");
  refused("secrets: ['../x']", "secrets[0]");
  refused("secrets: [hf, hf]", "secrets[1]");
}

TEST_F(OperatorConfigTest, NamesFileLineAndFieldOfEveryMistake) {
  const std::string text = message("stores: [datasets]\nworkers: 0\nleaderElection:\n  leaseSeconds: 5\n");
  EXPECT_NE(text.find(file_.string() + ":2: workers "), std::string::npos) << text;
  EXPECT_NE(text.find(file_.string() + ":4: leaderElection.leaseSeconds "), std::string::npos) << text;
}

TEST_F(OperatorConfigTest, RefusesTimesWithWhichTwoReplicasWouldWrite) {
  EXPECT_NE(message("leaderElection: {leaseDurationSeconds: 10, renewDeadlineSeconds: 10}").find("two replicas"),
            std::string::npos);
  EXPECT_NE(message("leaderElection: {renewDeadlineSeconds: 5, retryPeriodSeconds: 5}").find("retryPeriodSeconds"),
            std::string::npos);
}

TEST_F(OperatorConfigTest, RefusesTelemetryWithoutACertificate) {
  EXPECT_NE(message("telemetry: {url: 'https://x/telemetry'}").find("telemetry.certificateFile"), std::string::npos);
  EXPECT_NE(message("telemetry: {url: 'http://x/telemetry'}").find("telemetry.url"), std::string::npos);
}

TEST_F(OperatorConfigTest, SaysWhereTheYamlBreaks) {
  EXPECT_NE(message("stores: [datasets\nworkers: 2\n").find(file_.string() + ":"), std::string::npos);
  EXPECT_EQ(read_operator_config("/nowhere/config.yaml").error().cls, ErrorClass::NotFound);
}

}  // namespace
}  // namespace visionops::commands
