#include "operator/api/training_job.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "operator/api/environment_rules.h"
#include "tests/unit/api/documents.h"

namespace visionops::api {
namespace {

std::string problems_with(const char* pointer, const Json& value) {
  Json json = training_job_document();
  json[Json::json_pointer(pointer)] = value;
  return describe(decode_training_job(json).problems, 10);
}

std::string problems_of(const Json& patch) {
  Json json = training_job_document();
  json["spec"].merge_patch(patch);
  return describe(decode_training_job(json).problems, 10);
}

TEST(TrainingJobCodec, ReadsWhatItWrites) {
  const Json json = training_job_document();
  const TrainingJob job = decode_training_job(json);
  EXPECT_TRUE(job.problems.empty()) << describe(job.problems);
  EXPECT_EQ(job.spec.runtime, "builtin");
  EXPECT_EQ(job.spec.hyperparameters->extra.json, R"({"nested":{"list":[1,2]}})");
  Json written = encode(job);
  written.erase("status");
  EXPECT_EQ(written, json);
}

TEST(TrainingJobCodec, KeepsAWholeStatus) {
  TrainingJob job = decode_training_job(training_job_document());
  auto& status = job.status;
  status.phase = Phase::Running;
  status.epoch = 3;
  status.metrics = {{"map50", 0.953}, {"loss", 0}};
  status.best = BestMetric{"map50", 0.953, 2};
  status.checkpoint = CheckpointRecord{"run/epoch-0003.pt", std::string(64, 'a'), 1024, 3, false};
  status.resolved.emplace().checkpoint_path = "detector/run-1";
  status.telemetry_at = parse_time("2026-11-21T02:34:40Z");
  const Json json = encode(job);
  const TrainingJob back = decode_training_job(json);
  EXPECT_EQ(encode(back), json);
  EXPECT_EQ(back.status.metrics, status.metrics);
  EXPECT_EQ(back.status.checkpoint, status.checkpoint);
}

TEST(TrainingJobRules, OfferWhatARuntimeCanDo) {
  EXPECT_EQ(problems_with("/spec/runtime", "timm"), "");
  EXPECT_TRUE(problems_with("/spec/runtime", "abacus").starts_with("spec.runtime: \"abacus\" is not one of builtin, "));
  EXPECT_EQ(problems_with("/spec/task", "ZeroShot"),
            "spec.task: \"ZeroShot\" is not one of Detection, Segmentation, Classification");
  EXPECT_EQ(problems_of(Json::parse(R"({"model":null})")), "spec.model: is required");
  EXPECT_EQ(problems_with("/spec/resources/nodes", 2), "spec.resources.nodes: must be at most 1");
}

TEST(TrainingJobRules, RefuseVariablesThatReachPastTheContainer) {
  for (const char* name :
       {"NVIDIA_VISIBLE_DEVICES", "VISIONOPS_RUN", "KUBERNETES_SERVICE_HOST", "JOB_COMPLETION_INDEX"}) {
    EXPECT_EQ(problems_with("/spec/env/0/name", name).find("spec.env[0].name"), 0U) << name;
  }
  EXPECT_NE(problems_with("/spec/env/0/name", "1X"), "");
  EXPECT_NE(problems_with("/spec/env/0/name", "A=B"), "");
  EXPECT_EQ(problems_with("/spec/env/1", Json{{"name", "OMP_NUM_THREADS"}, {"value", "4"}}),
            "spec.env[1].name: \"OMP_NUM_THREADS\" is used twice");
  EXPECT_EQ(problems_with("/spec/env/0/name", "MY_NVIDIA_THING"), "");
}

TEST(TrainingJobRules, RefuseVariablesThatLoadPrograms) {
  for (const char* name : {"LD_PRELOAD",
                           "LD_AUDIT",
                           "LD_LIBRARY_PATH",
                           "GLIBC_TUNABLES",
                           "GCONV_PATH",
                           "LOCPATH",
                           "NLSPATH",
                           "MALLOC_CONF",
                           "OPENSSL_CONF",
                           "OPENSSL_MODULES",
                           "SSL_CERT_FILE",
                           "PATH",
                           "PYTHONPATH",
                           "PYTHONSTARTUP",
                           "PERL5OPT",
                           "RUBYOPT",
                           "NODE_OPTIONS",
                           "BASH_ENV",
                           "ENV",
                           "CUDA_INJECTION64_PATH",
                           "CUDA_CACHE_PATH",
                           "NCCL_NET_PLUGIN",
                           "OMP_TOOL_LIBRARIES",
                           "KMP_TOOL_LIBRARIES",
                           "INTEL_LIBITTNOTIFY64",
                           "GDAL_DRIVER_PATH",
                           "KRB5_CONFIG",
                           "https_proxy",
                           "ld_preload",
                           "omp_num_threads",
                           "HOME",
                           "ANYTHING"}) {
    EXPECT_NE(problems_with("/spec/env/0/name", name).find("is refused: a trainer takes only"), std::string::npos)
        << name;
  }
}

TEST(TrainingJobRules, TakeTheSettingsThatTheyList) {
  for (const auto& name : settings()) EXPECT_EQ(problems_with("/spec/env/0/name", name), "") << name;
  EXPECT_TRUE(std::is_sorted(settings().begin(), settings().end()));
}

TEST(TrainingJobRules, SayWhatGoesTogether) {
  EXPECT_NE(problems_with("/spec/resources/gpus", 0).find("gpuProduct needs gpus"), std::string::npos);
  EXPECT_NE(problems_with("/spec/resumeFrom", Json::object()).find("exactly one of"), std::string::npos);
  EXPECT_NE(problems_with("/spec/resumeFrom/digest", "sha256:" + std::string(64, 'a')).find("exactly one of"),
            std::string::npos);
  EXPECT_EQ(problems_with("/spec/resumeFrom", {{"path", "checkpoints/a/b/run-1"}}), "");
  EXPECT_EQ(problems_with("/spec/resumeFrom", {{"trainingJob", "b"}, {"run", 3}}), "");
  EXPECT_NE(problems_with("/spec/resumeFrom", {{"path", "checkpoints/a"}, {"run", 3}}).find("run is of a trainingJob"),
            std::string::npos);
  EXPECT_NE(problems_with("/spec/resumeFrom", {{"path", "a/../b"}}), "");
  EXPECT_NE(problems_with("/spec/hyperparameters/learningRate", 0), "");
  EXPECT_EQ(problems_with("/spec/hyperparameters/learningRate", 1), "");
  EXPECT_NE(problems_with("/spec/datasets/val", Json::object()).find("spec.datasets.val"), std::string::npos);
  EXPECT_EQ(problems_of(Json::parse(R"({"datasets":{"train":null}})")), "spec.datasets.train: is required");
}

TEST(TrainingJobRules, ReadTheConditionOfAnAlert) {
  for (const char* good : {"loss > 10", "val/map50 <= 0.5 for 1 epoch", "loss>=1e-3 for 12 epochs", "a < -1.5"}) {
    EXPECT_EQ(problems_with("/spec/alerts/0/when", good), "") << good;
  }
  for (const char* bad : {"", "loss", "loss > x", "loss = 1", "loss > 10 for epochs", "loss > 10; rm", "> 10"}) {
    EXPECT_NE(problems_with("/spec/alerts/0/when", bad), "") << bad;
  }
}

TEST(TrainingJobRules, HaveNoDoorToAPodSpec) {
  for (const char* name :
       {"podSpecPatch", "serviceAccountName", "hostPath", "volumes", "securityContext", "nodeName"}) {
    EXPECT_EQ(
        problems_with((std::string("/spec/") + name).c_str(), "x").find(std::string("spec.") + name + ": unknown"), 0U);
  }
  EXPECT_EQ(problems_with("/spec/datasets/train/namespace", "other").find("spec.datasets.train.namespace: unknown"),
            0U);
}

}  // namespace
}  // namespace visionops::api
