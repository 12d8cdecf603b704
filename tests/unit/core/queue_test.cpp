#include "operator/core/run/queue.h"

#include <gtest/gtest.h>

#include "tests/unit/core/resources.h"

namespace visionops::core {
namespace {

using api::ConditionStatus;

cluster::Job held_job() {
  cluster::Job job;
  job.meta.name = "detector-vtj-r1-a1";
  job.meta.uid = "job-1";
  job.spec.suspend = true;
  job.spec.pod.queue = "team-a";
  return job;
}

cluster::Workload workload(std::vector<api::Condition> conditions, const std::string& job_uid = "job-1") {
  cluster::Workload out;
  out.meta.name = "job-" + job_uid;
  out.meta.owner_references = {{"batch/v1", "Job", "detector-vtj-r1-a1", job_uid, true, true}};
  out.conditions = std::move(conditions);
  return out;
}

api::Condition said(const std::string& type, ConditionStatus status, const std::string& reason,
                    const std::string& message) {
  return {type, status, 0, {}, reason, message};
}

const api::Condition kNoQuota = said("QuotaReserved", ConditionStatus::False, "Pending", "insufficient unused quota");
const api::Condition kPreemption = said("Evicted", ConditionStatus::True, "Preempted", "to accommodate a workload");

TEST(Queue, TellsWhyQuotaIsMissingInTheWordsOfKueue) {
  const auto waiting = wait_in_queue(held_job(), {workload({kNoQuota})}, nullptr);
  EXPECT_EQ(waiting.reason, "QuotaPending");
  EXPECT_EQ(waiting.message, "Job detector-vtj-r1-a1 waits for quota: insufficient unused quota");
}

TEST(Queue, TellsAPreemptionAndWhatIsWaitedForSince) {
  const auto waiting = wait_in_queue(held_job(), {workload({kNoQuota, kPreemption})}, nullptr);
  EXPECT_EQ(waiting.reason, "Preempted");
  EXPECT_EQ(waiting.message,
            "Job detector-vtj-r1-a1 was preempted: to accommodate a workload; now: insufficient unused quota");
}

TEST(Queue, TellsOtherEvictionsFromPreemption) {
  const auto stopped = said("Evicted", ConditionStatus::True, "ClusterQueueStopped", "The ClusterQueue is stopped");
  EXPECT_EQ(wait_in_queue(held_job(), {workload({stopped})}, nullptr).reason, "Requeued");
}

TEST(Queue, AnEvictionThatIsOverIsNotTold) {
  auto over = kPreemption;
  over.status = ConditionStatus::False;
  EXPECT_EQ(wait_in_queue(held_job(), {workload({kNoQuota, over})}, nullptr).reason, "QuotaPending");
}

TEST(Queue, TellsAWorkloadThatKueueHasGivenUp) {
  auto given_up = workload({said("Evicted", ConditionStatus::True, "Deactivated", "exceeded the maximum"), kNoQuota});
  given_up.active = false;
  const auto waiting = wait_in_queue(held_job(), {given_up}, nullptr);
  EXPECT_EQ(waiting.reason, "Deactivated");
  EXPECT_NE(waiting.message.find("exceeded the maximum"), std::string::npos);
}

TEST(Queue, RepeatsWhatIsKnownWhileNoWorkloadIsSeen) {
  const auto known = said("Queued", ConditionStatus::True, "Preempted", "was preempted");
  const auto waiting = wait_in_queue(held_job(), {workload({kNoQuota}, "another")}, &known);
  EXPECT_EQ(waiting.reason, "Preempted");
  EXPECT_EQ(waiting.message, "was preempted");
  const auto admitted = said("Queued", ConditionStatus::False, "Admitted", "admitted");
  EXPECT_EQ(wait_in_queue(held_job(), {}, &admitted).reason, "QuotaPending");
}

TEST(Queue, BelievesTheNewestWorkloadOfAJob) {
  auto older = workload({kPreemption});
  auto newer = workload({kNoQuota});
  newer.meta.creation_timestamp = start_time();
  EXPECT_EQ(wait_in_queue(held_job(), {newer, older}, nullptr).reason, "QuotaPending");
}

TEST(Queue, IsAboutTheJobsOfTrainingsOnly) {
  EXPECT_NE(queued_job(workload({})), nullptr);
  auto other = workload({});
  other.meta.owner_references[0].name = "nightly-report";
  EXPECT_EQ(queued_job(other), nullptr);
  other.meta.owner_references.clear();
  EXPECT_EQ(queued_job(other), nullptr);
}

}  // namespace
}  // namespace visionops::core
