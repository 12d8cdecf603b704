#include "operator/core/run/attempt.h"

#include <gtest/gtest.h>

#include <map>

#include "operator/core/reasons.h"
#include "operator/core/run/deadline.h"
#include "operator/core/run/summary.h"
#include "tests/unit/core/resources.h"

namespace visionops::core {
namespace {

using namespace std::chrono_literals;

cluster::Job job(std::int32_t completions = 1) {
  cluster::Job j;
  j.meta.name = "j-vtj-r1-a1";
  j.meta.uid = "uid-j";
  j.meta.owner_references = {{"visionops.dev/v1alpha1", "TrainingJob", "j", "uid-owner", true, true}};
  j.meta.creation_timestamp = start_time();
  j.spec.completions = completions;
  return j;
}

api::ObjectMeta owner() {
  api::ObjectMeta meta;
  meta.name = "j";
  meta.uid = "uid-owner";
  return meta;
}

Attempt observe(const cluster::Job& j, const std::vector<cluster::Pod>& pods, TimePoint now = start_time(),
                const std::string& identity = "") {
  static std::vector<cluster::Job> jobs;
  static std::vector<cluster::Pod> kept;
  jobs = {j};
  kept = pods;
  static const api::ObjectMeta meta = owner();
  return observe_attempt({"TrainingJob", meta, 1, 1, identity}, jobs, kept, now);
}

TEST(Attempt, IsMissingWithoutItsJob) {
  const auto meta = owner();
  EXPECT_EQ(observe_attempt({"TrainingJob", meta, 1, 1}, {}, {}, start_time()).state, AttemptState::Missing);
  auto former = job();
  former.meta.labels = child_labels({"TrainingJob", meta, 1, 1});
  EXPECT_EQ(observe_attempt({"TrainingJob", meta, 1, 2}, {former}, {}, start_time()).state, AttemptState::Missing);
}

TEST(Attempt, TellsWhyTheApiServerGivesAJobNoPods) {
  auto j = job();
  EXPECT_EQ(observe(j, {}).waiting.reason, "JobCreated");
  j.status.message = "pods \"x\" is forbidden: maximum cpu usage per Container is 1";
  const Waiting refused = observe(j, {}).waiting;
  EXPECT_EQ(refused.reason, "PodsRefused");
  EXPECT_NE(refused.message.find("maximum cpu usage"), std::string::npos) << refused.message;
  j.status.message = "pods \"x\" is forbidden: exceeded quota: none";
  EXPECT_EQ(observe(j, {}).waiting.reason, "QuotaExceeded");
}

TEST(Attempt, IsMissingWhenAJobOfItsNameIsOfAnotherOwnerRunOrIdentity) {
  auto j = job();
  j.meta.labels = {{"visionops.dev/uid", "uid-owner"},
                   {"visionops.dev/run", "1"},
                   {"visionops.dev/attempt", "1"},
                   {"visionops.dev/identity", "aaaa"}};
  EXPECT_EQ(observe(j, {}, start_time(), "aaaa").state, AttemptState::Pending);
  EXPECT_EQ(observe(j, {}, start_time(), "bbbb").state, AttemptState::Missing) << "another spec or other data";
  for (const auto& [label, other] : std::map<std::string, std::string>{
           {"visionops.dev/uid", "uid-before"}, {"visionops.dev/run", "2"}, {"visionops.dev/attempt", "7"}}) {
    auto foreign = j;
    foreign.meta.labels[label] = other;
    EXPECT_EQ(observe(foreign, {}, start_time(), "aaaa").state, AttemptState::Missing) << label;
  }
  auto orphan = j;
  orphan.meta.owner_references[0].uid = "uid-before";
  EXPECT_EQ(observe(orphan, {}, start_time(), "aaaa").state, AttemptState::Missing) << "owned by an old object";
  j.meta.labels.erase("visionops.dev/identity");
  EXPECT_EQ(observe(j, {}, start_time(), "aaaa").state, AttemptState::Pending) << "made by an earlier version";
}

TEST(Attempt, TakesNoResultThatNamesAnotherRun) {
  contract::RunResult result = inspection_result("a");
  result.identity = "bbbb";
  const auto pod = ended(pod_of(job()), 0, contract::encode(result));
  const auto foreign = observe(job(), {pod}, start_time(), "aaaa");
  EXPECT_EQ(foreign.state, AttemptState::Succeeded);
  EXPECT_TRUE(foreign.results.empty());
  EXPECT_NE(foreign.foreign_result.find("is of another run (identity bbbb, this run is aaaa)"), std::string::npos)
      << foreign.foreign_result;
  EXPECT_EQ(observe(job(), {pod}, start_time(), "bbbb").results.size(), 1U);
}

TEST(Attempt, TellsTheSchedulersWords) {
  auto pod = pod_of(job());
  pod.unschedulable = true;
  pod.message = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.";
  const auto a = observe(job(), {pod});
  EXPECT_EQ(a.state, AttemptState::Pending);
  EXPECT_EQ(a.waiting.reason, "Unschedulable");
  EXPECT_NE(a.waiting.message.find("Insufficient nvidia.com/gpu"), std::string::npos);
}

TEST(Attempt, TellsImagePullErrorsFromStartingContainers) {
  auto pod = pod_of(job());
  cluster::ContainerState worker;
  worker.name = "worker";
  worker.reason = "ImagePullBackOff";
  worker.message = "Back-off pulling image \"nope\"";
  pod.containers = {worker};
  EXPECT_EQ(observe(job(), {pod}).waiting.reason, "ImagePullError");
  EXPECT_NE(observe(job(), {pod}).waiting.message.find("nope"), std::string::npos);
  pod.containers[0].reason = "ContainerCreating";
  EXPECT_EQ(observe(job(), {pod}).waiting.reason, "Starting");
  pod.containers[0].reason = "CreateContainerConfigError";
  EXPECT_EQ(observe(job(), {pod}).waiting.reason, "ContainerConfigError");
}

std::vector<api::Condition> ready_with(std::string_view reason) {
  std::vector<api::Condition> out;
  set(out, api::condition::kReady, api::ConditionStatus::False, reason, "told", start_time());
  return out;
}

TEST(Attempt, AStartThatGoesAsItShouldIsToldOnceUntilItTakesLong) {
  const auto pod = pod_of(job());
  const auto soon = observe(job(), {pod}, start_time() + 9s);
  EXPECT_TRUE(is_told(soon, ready_with(reason::kJobCreated)));
  EXPECT_FALSE(is_told(soon, ready_with(reason::kUnschedulable))) << "what was wrong is no longer";
  EXPECT_EQ(soon.look_again_at, start_time() + 10s);
  EXPECT_FALSE(is_told(observe(job(), {pod}, start_time() + 10s), ready_with(reason::kJobCreated)));
}

TEST(Attempt, WhatIsWrongWithAStartIsToldAtOnce) {
  auto pod = pod_of(job());
  pod.unschedulable = true;
  EXPECT_FALSE(is_told(observe(job(), {pod}), ready_with(reason::kJobCreated)));
}

TEST(Attempt, TellsWaitingForQuota) {
  auto j = job();
  j.spec.suspend = true;
  EXPECT_EQ(observe(j, {}).waiting.reason, "QuotaPending");
}

TEST(Attempt, APodThatItsQueueHasTakenBackIsNoFailure) {
  auto j = job();
  j.spec.pod.queue = "team-a";
  auto pod = ended(running(pod_of(j), start_time()), 143);
  EXPECT_EQ(observe(j, {pod}).state, AttemptState::Failed);
  pod.meta.deletion_timestamp = start_time();
  EXPECT_EQ(observe(j, {pod}).state, AttemptState::Pending);
  j.spec.suspend = true;
  EXPECT_EQ(observe(j, {pod}).state, AttemptState::Pending);
  EXPECT_EQ(observe(j, {running(pod_of(j), start_time())}).state, AttemptState::Pending);
}

TEST(Attempt, APodThatSomebodyDeletedFailsAQueuedJobWhenTheJobSaysSo) {
  auto j = job();
  j.spec.pod.queue = "team-a";
  auto pod = ended(running(pod_of(j), start_time()), 143);
  pod.meta.deletion_timestamp = start_time();
  j.status.failed_condition = true;
  const auto a = observe(j, {pod});
  EXPECT_EQ(a.state, AttemptState::Failed);
  EXPECT_EQ(a.failure.failure_class, "Terminated");
}

TEST(Attempt, NamesThePodThatHoldsUpARunningAttempt) {
  auto stuck = pod_of(job(2), 1);
  stuck.unschedulable = true;
  stuck.message = "no memory";
  const auto a = observe(job(2), {running(pod_of(job(2), 0), start_time()), stuck});
  EXPECT_EQ(a.state, AttemptState::Running);
  EXPECT_EQ(a.running, 1);
  EXPECT_NE(a.waiting.message.find("no memory"), std::string::npos);
}

TEST(Attempt, SucceedsWhenEveryIndexIsDoneEvenWhileASidecarStillDrains) {
  auto first = ended(pod_of(job(2), 0), 0);
  first.phase = cluster::PodPhase::Running;  // its sidecar
  EXPECT_EQ(observe(job(2), {first}).state, AttemptState::Running);
  EXPECT_EQ(observe(job(2), {first, ended(pod_of(job(2), 1), 0)}).state, AttemptState::Succeeded);
}

TEST(Attempt, IgnoresPodsOfAnotherJob) {
  auto other = job();
  other.meta.uid = "uid-other";
  EXPECT_EQ(observe(job(), {ended(pod_of(other), 1)}).state, AttemptState::Pending);
}

TEST(Attempt, AJobThatFailedWithoutAnyPodLeftIsALostNode) {
  auto j = job();
  j.status.failed_condition = true;
  j.status.reason = "BackoffLimitExceeded";
  const auto a = observe(j, {});
  EXPECT_EQ(a.state, AttemptState::Failed);
  EXPECT_EQ(a.failure.failure_class, "NodeLost");
  EXPECT_NE(a.failure.evidence.find("BackoffLimitExceeded"), std::string::npos);
}

TEST(Attempt, APodOnADeadNodeIsLostOnceItsEndIsOverdue) {
  auto pod = running(pod_of(job()), start_time());
  pod.disrupted = true;
  pod.meta.deletion_timestamp = start_time() + 60s;
  const auto before = observe(job(), {pod}, start_time() + 70s);
  EXPECT_EQ(before.state, AttemptState::Running);
  EXPECT_EQ(before.look_again_at, start_time() + 90s);
  const auto after = observe(job(), {pod}, start_time() + 90s);
  EXPECT_EQ(after.state, AttemptState::Failed);
  EXPECT_EQ(after.failure.failure_class, "NodeLost");
  EXPECT_FALSE(is_active(pod, start_time() + 90s));
}

// --- deadlines ---

api::Deadlines deadlines() { return {60, 600, 120}; }

TEST(Deadlines, PendingEndsWhenNoWorkerRuns) {
  const auto a = observe(job(), {pod_of(job())});
  EXPECT_FALSE(check_deadlines(deadlines(), a, std::nullopt, start_time() + 59s).expired);
  EXPECT_EQ(check_deadlines(deadlines(), a, std::nullopt, start_time() + 59s).next, start_time() + 60s);
  const auto late = check_deadlines(deadlines(), a, std::nullopt, start_time() + 60s);
  ASSERT_TRUE(late.expired);
  EXPECT_EQ(late.expired->failure_class, "PendingDeadlineExceeded");
  EXPECT_EQ(late.expired->retry, contract::RetryDecision::Never);
}

TEST(Deadlines, AJobOfAQueueIsPendingFromItsStartNotFromItsCreation) {
  auto j = job();
  j.spec.pod.queue = "team-a";
  EXPECT_FALSE(check_deadlines(deadlines(), observe(j, {}), std::nullopt, start_time() + 1h).expired);
  j.status.start_time = start_time() + 1h;
  EXPECT_FALSE(check_deadlines(deadlines(), observe(j, {}), std::nullopt, start_time() + 1h + 59s).expired);
  EXPECT_TRUE(check_deadlines(deadlines(), observe(j, {}), std::nullopt, start_time() + 1h + 60s).expired);
}

TEST(Deadlines, WaitingForQuotaIsNotPending) {
  auto j = job();
  j.spec.suspend = true;
  const auto a = observe(j, {});
  EXPECT_FALSE(check_deadlines(deadlines(), a, std::nullopt, start_time() + 1h).expired);
}

TEST(Deadlines, ActiveBoundsTheRunningTimeOfAnAttempt) {
  const auto a = observe(job(), {running(pod_of(job()), start_time() + 100s)});
  const auto alive = start_time() + 699s;
  EXPECT_FALSE(check_deadlines(deadlines(), a, alive, start_time() + 699s).expired);
  const auto late = check_deadlines(deadlines(), a, alive, start_time() + 700s);
  ASSERT_TRUE(late.expired);
  EXPECT_EQ(late.expired->failure_class, "DeadlineExceeded");
}

TEST(Deadlines, SilenceCountsFromTheLastSignOfLife) {
  const auto a = observe(job(), {running(pod_of(job()), start_time())});
  EXPECT_FALSE(check_deadlines(deadlines(), a, start_time() + 100s, start_time() + 219s).expired);
  const auto hung = check_deadlines(deadlines(), a, start_time() + 100s, start_time() + 220s);
  ASSERT_TRUE(hung.expired);
  EXPECT_EQ(hung.expired->failure_class, "Hung");
  EXPECT_EQ(hung.expired->retry, contract::RetryDecision::Counted);
  EXPECT_TRUE(check_deadlines(deadlines(), a, std::nullopt, start_time() + 120s).expired) << "never heard of";
}

TEST(Deadlines, AreOffWhenAbsent) {
  const auto a = observe(job(), {pod_of(job())});
  const auto check = check_deadlines(std::nullopt, a, std::nullopt, start_time() + 1000h);
  EXPECT_FALSE(check.expired);
  EXPECT_FALSE(check.next);
}

}  // namespace
}  // namespace visionops::core
