// The run machine with a kind that it has never heard of.
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/unit/core/resources.h"
#include "tests/unit/core/widget.h"

namespace visionops::core {
namespace {

using api::Phase;
namespace condition = api::condition;

/// One Widget, its Jobs and Pods, and an operator that applies what is decided.
class RunMachineTest : public ::testing::Test {
 protected:
  RunMachineTest() {
    o.widget.meta = dataset("counter").meta;
    o.widget.spec.store = "datasets";
    o.widget.spec.path = "raw/street";
    o.now = start_time();
  }
  const WidgetStatus& status() const { return o.widget.status; }

  void pass() {
    const auto decision = reconcile(o);
    o.widget.status = decision.status;
    for (const auto& event : decision.events) events.push_back(event.reason);
    for (const auto& action : decision.actions) apply(action);
  }
  void pod_runs() { o.pods = {running(pod_of(o.jobs.back()), o.now)}; }
  void pod_ends(int exit_code) {
    o.pods = {ended(pod_of(o.jobs.back()), exit_code, contract::encode(inspection_result("raw/street")))};
  }
  /// One attempt from its Job to its end.
  void attempt(int exit_code) {
    pass();
    pod_ends(exit_code);
    pass();
  }

  WidgetObserved o;
  std::vector<std::string> events;

 private:
  void apply(const Action& action) {
    if (const auto* create = std::get_if<CreateJob>(&action)) {
      o.jobs.push_back(create->job);
      o.jobs.back().meta.uid = "uid-" + create->job.meta.name;
      o.jobs.back().meta.creation_timestamp = o.now;
    } else if (const auto* gone = std::get_if<DeleteJob>(&action)) {
      std::erase_if(o.jobs, [&](const cluster::Job& job) { return job.meta.uid == gone->uid; });
      std::erase_if(o.pods, [&](const cluster::Pod& pod) { return pod.meta.owner_references.at(0).uid == gone->uid; });
    }
  }
};

TEST_F(RunMachineTest, WaitsUntilThePodsOfAFormerObjectOfItsNameHaveStopped) {
  auto former = o.widget.meta;
  former.uid = "uid-of-the-former";
  cluster::Pod pod;
  pod.meta.name = "counter-r1-a1-0-x7k2p";
  pod.meta.labels = {{std::string(kOwnerUidLabel), former.uid}};
  pod.meta.deletion_timestamp = o.now;
  o.predecessors = {running(pod, o.now)};
  pass();
  EXPECT_TRUE(o.jobs.empty());
  EXPECT_EQ(api::find_condition(status().conditions, condition::kReconciling)->reason, "StoppingOldJob");
  EXPECT_NE(status().message.find("Pod " + pod.meta.name + " of the former " + o.widget.meta.name), std::string::npos);
  o.predecessors = {ended(pod, 143)};
  pass();
  EXPECT_EQ(o.jobs.size(), 1U);
}

TEST_F(RunMachineTest, ARefusalOfARunThatWaitsToBeTriedAgainIsWrittenOnce) {
  attempt(3);  // InputMissing: looked at again later
  ASSERT_EQ(status().phase, Phase::Failed);
  ASSERT_TRUE(status().retry_at);
  o.now = *status().retry_at;
  o.platform.stores = {"models"};
  pass();
  const auto told = status();
  EXPECT_EQ(api::find_condition(told.conditions, condition::kStalled)->reason, "UnknownStore");
  o.now += std::chrono::seconds(1);
  pass();
  EXPECT_EQ(status().finished_at, told.finished_at) << "else each write would wake the next pass";
  o.platform.stores = {"datasets"};
  attempt(0);
  EXPECT_EQ(status().phase, Phase::Succeeded);
}

TEST_F(RunMachineTest, LeadsAnyKindToItsResult) {
  pass();
  EXPECT_EQ(status().phase, Phase::Starting);
  pod_runs();
  pass();
  EXPECT_EQ(status().phase, Phase::Running);
  EXPECT_EQ(status().message, "Job " + o.jobs[0].meta.name + " counts");
  o.now += std::chrono::seconds(90);
  pod_ends(0);
  pass();
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_GT(status().images, 0);
  EXPECT_TRUE(api::is_true(status().conditions, condition::kReady));
  EXPECT_TRUE(api::is_true(status().conditions, condition::kComplete));
  EXPECT_EQ(status().duration, format_age(std::chrono::seconds(90)));
  EXPECT_EQ(events, (std::vector<std::string>{"JobCreated", "Succeeded"}));
}

TEST_F(RunMachineTest, RetriesItWithinItsLimitAndSaysWhyItFailed) {
  o.widget.spec.retry = api::RetryPolicy{1};
  attempt(65);
  EXPECT_EQ(status().phase, Phase::Pending);
  EXPECT_EQ(status().counted_failures, 1);
  ASSERT_TRUE(status().retry_at);
  o.now = *status().retry_at;
  attempt(65);
  EXPECT_EQ(status().attempt, 2);
  EXPECT_EQ(status().phase, Phase::Failed);
  ASSERT_TRUE(status().failure);
  EXPECT_EQ(status().failure->failure_class, "StorageFailure");
  EXPECT_TRUE(api::is_true(status().conditions, condition::kStalled));
}

TEST_F(RunMachineTest, RefusesWhatIsWrongBeforeAnythingStarts) {
  o.widget.spec.path.clear();
  pass();
  EXPECT_TRUE(o.jobs.empty());
  EXPECT_EQ(api::find_condition(status().conditions, condition::kStalled)->reason, "InvalidSpec");
  o.widget.spec.path = "raw/street";
  o.platform.stores = {"models"};
  pass();
  EXPECT_EQ(api::find_condition(status().conditions, condition::kStalled)->reason, "UnknownStore");
}

TEST_F(RunMachineTest, SuspendsAndGoesOnWithTheSameRun) {
  pass();
  pod_runs();
  o.widget.spec.suspend = true;
  pass();
  EXPECT_EQ(status().phase, Phase::Suspended);
  EXPECT_TRUE(o.jobs.empty());
  o.widget.spec.suspend = false;
  attempt(0);
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(status().run, 1);
  EXPECT_EQ(status().attempt, 2);
  EXPECT_EQ(status().counted_failures, 0);
}

TEST_F(RunMachineTest, AChangedSpecIsANewRunAndTheFormerOneStaysInTheHistory) {
  attempt(0);
  o.widget.spec.path = "raw/harbour";
  pass();
  EXPECT_EQ(status().run, 2);
  EXPECT_EQ(status().images, 0);
  ASSERT_EQ(status().runs.size(), 1u);
  EXPECT_EQ(status().runs[0].phase, "Succeeded");
  EXPECT_EQ(o.jobs.size(), 1u) << "the Job of the former run is gone";
}

TEST_F(RunMachineTest, TheJobsOfAFinishedRunGoWhenTheirTimeIsOver) {
  o.widget.spec.ttl_seconds_after_finished = 60;
  attempt(0);
  pass();
  EXPECT_EQ(o.jobs.size(), 1u);
  o.now += std::chrono::seconds(60);
  pass();
  EXPECT_TRUE(o.jobs.empty());
  EXPECT_EQ(status().phase, Phase::Succeeded);
}

TEST_F(RunMachineTest, SaysInTheClustersWordsWhyItsJobIsNotThere) {
  o.widget.spec.deadlines.emplace().pending_seconds = 60;
  pass();
  o.jobs.clear();  // the create did not succeed
  o.refused = "creating Job a/counter: admission webhook denied the request: no team label";
  pass();
  EXPECT_EQ(status().phase, Phase::Pending);
  EXPECT_EQ(api::find_condition(status().conditions, condition::kReady)->reason, "CreateRefused");
  EXPECT_NE(status().message.find("no team label"), std::string::npos);
  EXPECT_EQ(o.jobs.size(), 1U) << "it is asked for again";
  o.refused.clear();
  pass();
  EXPECT_EQ(status().phase, Phase::Starting) << "allowed now";
  EXPECT_EQ(status().attempt, 1);
}

TEST_F(RunMachineTest, TheDeadlineCountsWhileTheClusterRefuses) {
  o.widget.spec.deadlines.emplace().pending_seconds = 60;
  pass();
  o.jobs.clear();
  o.refused = "no";
  o.now += std::chrono::seconds(59);
  pass();
  EXPECT_EQ(status().phase, Phase::Pending);
  o.jobs.clear();
  o.now += std::chrono::seconds(1);
  pass();
  EXPECT_EQ(status().phase, Phase::Failed);
  EXPECT_EQ(status().failure->failure_class, "PendingDeadlineExceeded");
}

TEST_F(RunMachineTest, ANodeThatRefusesIsFreeAvoidedAndBounded) {
  for (int i = 1; i <= 10; ++i) {
    pass();
    ASSERT_EQ(status().attempt, i);
    auto pod = pod_of(o.jobs.back());
    pod.phase = cluster::PodPhase::Failed;
    pod.node = "gpu-1";
    pod.reason = "UnexpectedAdmissionError";
    pod.message = "Allocate failed due to no healthy devices";
    pod.containers.clear();
    o.pods = {pod};
    pass();
    o.now = status().retry_at.value_or(o.now);
  }
  EXPECT_EQ(o.jobs.back().spec.pod.avoid_nodes, std::vector<std::string>{"gpu-1"});
  EXPECT_EQ(status().counted_failures, 0);
  EXPECT_EQ(status().phase, Phase::Failed);
  EXPECT_EQ(status().failure->failure_class, "NodeRefused");
  EXPECT_NE(status().message.find("gpu-1"), std::string::npos) << status().message;
  EXPECT_NE(status().message.find("no healthy devices"), std::string::npos);
}

TEST_F(RunMachineTest, ARunThatHadNoTimeGoesOnWithMoreTimeAndForNoOtherEdit) {
  o.widget.spec.deadlines.emplace().active_seconds = 60;
  pass();
  o.now += std::chrono::seconds(1);
  pod_runs();
  pass();
  o.now += std::chrono::seconds(60);
  pass();
  ASSERT_EQ(status().failure->failure_class, "DeadlineExceeded");
  o.widget.spec.ttl_seconds_after_finished = 600;
  o.widget.meta.generation += 1;
  pass();
  EXPECT_EQ(status().phase, Phase::Failed) << "another field than the deadline";
  o.widget.spec.deadlines->active_seconds = 120;
  o.widget.meta.generation += 1;
  attempt(0);
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(status().run, 1);
}

TEST_F(RunMachineTest, WhatKeepsAPodFromStartingIsToldInTheNodesWords) {
  pass();
  auto pod = pod_of(o.jobs.back());
  pod.node = "node-1";
  pod.containers.clear();
  pod.warning_reason = "FailedMount";
  pod.warning = "MountVolume.SetUp failed for volume \"store-a\"";
  o.pods = {pod};
  pass();
  EXPECT_EQ(api::find_condition(status().conditions, condition::kReady)->reason, "VolumeNotReady");
  EXPECT_NE(status().message.find("MountVolume.SetUp failed"), std::string::npos);
}

TEST_F(RunMachineTest, APodThatSomebodyElsesContainerKeepsIsEnded) {
  pass();
  pod_ends(0);
  o.pods[0].phase = cluster::PodPhase::Running;
  auto& proxy = o.pods[0].containers.emplace_back();
  proxy.name = "mesh-proxy";
  proxy.running = true;
  pass();
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(o.jobs.size(), 1U);
  o.now += std::chrono::seconds(30);
  pass();
  EXPECT_TRUE(o.jobs.empty());
  EXPECT_EQ(events.back(), "PodsEnded");
}

TEST_F(RunMachineTest, ARaisedLimitOfRetriesGoesOnWithTheSameRun) {
  o.widget.spec.retry = api::RetryPolicy{0};
  attempt(65);
  pass();
  EXPECT_EQ(status().phase, Phase::Failed);
  o.widget.spec.retry = api::RetryPolicy{1};
  o.widget.meta.generation += 1;
  attempt(0);
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(status().run, 1);
  EXPECT_EQ(status().attempt, 2);
}

}  // namespace
}  // namespace visionops::core
