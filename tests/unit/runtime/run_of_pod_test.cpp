#include "operator/runtime/telemetry/run_of_pod.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/unit/runtime/objects.h"

namespace visionops::runtime {
namespace {

using cluster::Kind;
using cluster::Object;
using cluster::ObjectKey;

class RunOfPodTest : public testing::Test {
 protected:
  RunOfPodTest() {
    dataset_.meta.uid = "dataset-uid";
    job_ = job_of(dataset_.meta, "Dataset", "vds-a-1-1");
    job_.meta.uid = "job-uid";
    job_.meta.labels["visionops.dev/run"] = "3";
    job_.meta.labels["visionops.dev/attempt"] = "2";
    job_.meta.labels["visionops.dev/identity"] = "abc";
    pod_.meta.name = "vds-a-1-1-0";
    pod_.meta.namespace_ = "default";
    pod_.meta.uid = "pod-uid";
    pod_.meta.labels = job_.meta.labels;
    pod_.meta.owner_references = {{"batch/v1", "Job", job_.meta.name, job_.meta.uid, true, true}};
  }

  /// As the world now is.
  Result<contract::RunOwner> run(const std::string& uid = "pod-uid") {
    std::map<ObjectKey, std::shared_ptr<const Object>> world;
    for (const auto& object : {Object(dataset_), Object(job_), Object(pod_)}) {
      world[cluster::key_of(object)] = std::make_shared<const Object>(object);
    }
    return run_of_pod(cluster::key_of(Object(pod_)), uid, [&](const ObjectKey& key) {
      const auto found = world.find(key);
      return found == world.end() ? nullptr : found->second;
    });
  }

  api::Dataset dataset_ = dataset("a");
  cluster::Job job_;
  cluster::Pod pod_;
};

TEST_F(RunOfPodTest, IsThatOfItsJob) {
  pod_.meta.labels["visionops.dev/run"] = "7";  // what the Pod says of itself decides nothing
  const auto found = run();
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->kind, "Dataset");
  EXPECT_EQ(found->namespace_, "default");
  EXPECT_EQ(found->name, "a");
  EXPECT_EQ(found->uid, "dataset-uid");
  EXPECT_EQ(found->run, 3);
  EXPECT_EQ(found->attempt, 2);
  EXPECT_EQ(found->identity, "abc");
}

TEST_F(RunOfPodTest, APodLabelledWithTheUidOfAnotherNamespaceCarriesOutNothing) {
  pod_.meta.namespace_ = "team-b";
  pod_.meta.owner_references.clear();
  EXPECT_EQ(run().error().cls, ErrorClass::Invalid);
  EXPECT_EQ(run().error().message, "the Pod belongs to no Job, so it carries out no run");
  job_.meta.namespace_ = "team-b";  // a Job of its own, labelled and owned likewise
  pod_.meta.owner_references = {{"batch/v1", "Job", job_.meta.name, job_.meta.uid, true, true}};
  EXPECT_EQ(run().error().cls, ErrorClass::Invalid);
  EXPECT_EQ(run().error().message,
            "the Job of the Pod belongs to no Dataset, Pipeline or TrainingJob of its namespace");
}

TEST_F(RunOfPodTest, AnInventedUidIsThatOfNobody) {
  job_.meta.owner_references[0].uid = "invented";
  EXPECT_EQ(run().error().cls, ErrorClass::Invalid);
  job_.meta.owner_references.clear();
  job_.meta.labels["visionops.dev/uid"] = "invented";
  EXPECT_EQ(run().error().cls, ErrorClass::Invalid);
}

TEST_F(RunOfPodTest, AJobThatWasRestoredWithLabelsOnlyCounts) {
  job_.meta.owner_references.clear();
  EXPECT_TRUE(run().ok());
}

TEST_F(RunOfPodTest, ANamesakeOfPodOrJobIsNotKnownYet) {
  EXPECT_EQ(run("another").error().cls, ErrorClass::NotFound);
  job_.meta.uid = "another";
  EXPECT_EQ(run().error().cls, ErrorClass::NotFound);
}

}  // namespace
}  // namespace visionops::runtime
