#include <gtest/gtest.h>

#include "base/json.h"
#include "operator/cluster/cluster_api.h"
#include "tests/unit/cluster/workload_samples.h"

namespace visionops::cluster {
namespace {

Object decoded(const Json& json) {
  auto object = decode_object(json);
  EXPECT_TRUE(object) << object.error().message;
  return *object;
}

TEST(Object, IsReadBackAsItWasWritten) {
  Lease lease;
  lease.meta.name = "visionops";
  lease.meta.namespace_ = "system";
  lease.holder = "pod-a";
  lease.acquire_time = parse_time("2026-11-21T02:34:40.123Z");
  lease.renew_time = parse_time("2026-11-21T02:34:50.456Z");
  lease.transitions = 7;
  Job job = sample_job();
  job.meta.uid = "uid-1";
  job.meta.resource_version = "42";
  job.meta.generation = 3;
  job.meta.finalizers = {"a/b"};
  job.meta.creation_timestamp = *parse_time("2026-11-21T02:34:40Z");
  job.meta.deletion_timestamp = job.meta.creation_timestamp;
  job.status = {0, 3, 1, false, true, "PodFailurePolicy", "exit code 5", job.meta.creation_timestamp, std::nullopt};
  api::Dataset dataset;
  dataset.meta.name = "a";
  for (const Object& object : {Object(lease), Object(job), Object(sample_pod()), Object(dataset),
                               Object(api::Pipeline{}), Object(api::TrainingJob{})}) {
    Object named = object;
    meta_of(named).name = "a";
    const Json json = encode(named);
    const Object back = decoded(json);
    EXPECT_EQ(encode(back), json);
    EXPECT_EQ(kind_of(back), kind_of(object));
    EXPECT_EQ(key_of(back), key_of(named));
  }
}

TEST(Object, KeepsEveryFieldOfAJobAndAPod) {
  const Job job = std::get<Job>(decoded(encode(Object(sample_job()))));
  EXPECT_EQ(job.spec.completions, 4);
  EXPECT_EQ(job.spec.parallelism, 2);
  EXPECT_TRUE(job.spec.indexed);
  EXPECT_EQ(job.spec.ttl_seconds_after_finished, 0);
  EXPECT_EQ(job.spec.pod.queue, "team-a");
  EXPECT_EQ(job.spec.pod.gpu_product, "NVIDIA-H200");
  EXPECT_EQ(job.spec.pod.labels, sample_job().spec.pod.labels);
  EXPECT_EQ(job.spec.pod.volumes, sample_template().volumes);
  EXPECT_EQ(job.spec.pod.termination_grace_period_seconds, 60);
  ASSERT_EQ(job.spec.pod.containers.size(), 2U);
  const Container& worker = job.spec.pod.containers[1];
  const Container expected = sample_container("worker", false);
  EXPECT_TRUE(job.spec.pod.containers[0].sidecar);
  EXPECT_FALSE(worker.sidecar);
  EXPECT_EQ(worker.command, expected.command);
  EXPECT_EQ(worker.args, expected.args);
  EXPECT_EQ(worker.mounts, expected.mounts);
  EXPECT_EQ(worker.requests, expected.requests);
  EXPECT_EQ(worker.limits, expected.limits);
  ASSERT_EQ(worker.env.size(), 2U);
  EXPECT_EQ(worker.env[1].name, "EMPTY");

  const Pod pod = std::get<Pod>(decoded(encode(Object(sample_pod()))));
  EXPECT_EQ(pod.phase, PodPhase::Failed);
  EXPECT_EQ(pod.completion_index, 3);
  EXPECT_EQ(pod.node, "node-1");
  ASSERT_NE(worker_state(pod), nullptr);
  EXPECT_EQ(worker_state(pod)->exit_code, 137);
  EXPECT_EQ(worker_state(pod)->signal, 9);
  EXPECT_EQ(worker_state(pod)->reason, "OOMKilled");
  EXPECT_EQ(pod.containers[0].restarts, 2);
  EXPECT_TRUE(pod.containers[0].running);
}

TEST(Object, RefusesWhatHasNoKindOrName) {
  for (const char* text : {"null", "7", "{}", R"({"kind":"Job"})", R"({"kind":"Job","metadata":{}})",
                           R"({"kind":"Secret","metadata":{"name":"a"}})", R"({"kind":7,"metadata":{"name":"a"}})"}) {
    const auto object = decode_object(Json::parse(text));
    ASSERT_FALSE(object) << text;
    EXPECT_EQ(object.error().cls, ErrorClass::Invalid);
  }
}

TEST(Object, NeverThrowsOnJsonOfOtherShapes) {
  for (const auto& row : kKindRows) {
    for (const char* value :
         {"null", "7", "\"x\"", "[]", "[7]", "{}", R"({"template":7,"conditions":{},"containers":[7]})",
          R"({"conditions":[7,null],"containerStatuses":[7,{"state":7}],"phase":3})"}) {
      Json json{{"kind", row.name}, {"metadata", {{"name", "a"}, {"labels", 7}}}};
      json["spec"] = Json::parse(value);
      json["status"] = Json::parse(value);
      EXPECT_TRUE(decode_object(json)) << json;
    }
  }
}

TEST(Object, ABareOneIsOfItsKindAndSaysHowFarAWatchHasCome) {
  for (std::size_t place = 0; place < kKindRows.size(); ++place) {
    const Object bare = bare_object(static_cast<Kind>(place), "42");
    EXPECT_EQ(kind_of(bare), static_cast<Kind>(place));
    EXPECT_EQ(meta_of(bare).resource_version, "42");
    EXPECT_EQ(encode(bare)["kind"], kKindRows.at(place).name);
    EXPECT_EQ(encode(bare)["apiVersion"], kKindRows.at(place).api_version);
  }
}

TEST(ObjectKey, IsReadableInLogs) {
  EXPECT_EQ(to_string(ObjectKey{Kind::TrainingJob, "default", "street-detector"}),
            "TrainingJob default/street-detector");
  EXPECT_EQ(to_string(ObjectKey{Kind::Pod, "", "x"}), "Pod x");
}

}  // namespace
}  // namespace visionops::cluster
