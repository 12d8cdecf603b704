#include "operator/core/run/failure_policy.h"

#include <gtest/gtest.h>

#include "tests/unit/core/resources.h"

namespace visionops::core {
namespace {

using contract::RetryDecision;

cluster::Pod worker_pod() {
  cluster::Job job;
  job.meta.name = "j";
  return pod_of(job);
}

struct Case {
  int exit_code;
  std::string reason;
  std::string failure_class;
  RetryDecision retry;
};

TEST(FailurePolicy, JudgesExitCodesAndReasonsAsTheTableSays) {
  const std::vector<Case> cases{
      {2, "Error", "InvalidInput", RetryDecision::Never},      {3, "Error", "InputMissing", RetryDecision::Later},
      {4, "Error", "OutputConflict", RetryDecision::Never},    {5, "Error", "LossNotAllowed", RetryDecision::Never},
      {6, "Error", "QualityFailed", RetryDecision::Never},     {7, "Error", "Diverged", RetryDecision::Never},
      {8, "Error", "ContentChanged", RetryDecision::Later},    {64, "Error", "Internal", RetryDecision::Counted},
      {65, "Error", "StorageFailure", RetryDecision::Counted}, {126, "Error", "ImageError", RetryDecision::Never},
      {127, "Error", "ImageError", RetryDecision::Never},      {134, "Error", "Crash", RetryDecision::Counted},
      {135, "Error", "ShmTooSmall", RetryDecision::Never},     {137, "OOMKilled", "HostOOM", RetryDecision::Never},
      {137, "Error", "Killed", RetryDecision::Counted},        {138, "Error", "RetryRequested", RetryDecision::Counted},
      {139, "Error", "Crash", RetryDecision::Counted},         {143, "Error", "Terminated", RetryDecision::Free},
      {1, "Error", "Unknown", RetryDecision::Counted},         {137, "ProcessLost", "NodeLost", RetryDecision::Free},
      {128, "StartError", "ImageError", RetryDecision::Never},
  };
  for (const auto& c : cases) {
    const Failure f = judge_failed_pod(ended(worker_pod(), c.exit_code, "", c.reason));
    EXPECT_EQ(f.failure_class, c.failure_class) << c.exit_code << " " << c.reason;
    EXPECT_EQ(f.retry, c.retry) << c.exit_code << " " << c.reason;
    EXPECT_EQ(f.exit_code, c.exit_code);
  }
}

TEST(FailurePolicy, ReadsASignalWhereTheRuntimeGivesNoCode) {
  auto p = ended(worker_pod(), 1);
  p.containers[0].exit_code = 0;
  p.containers[0].signal = 11;
  ASSERT_TRUE(has_failed(p));
  EXPECT_EQ(judge_failed_pod(p).failure_class, "Crash");
}

TEST(FailurePolicy, AWorkerThatFillsTheDiskOfItsNodeIsCounted) {
  for (const char* words : {"Container worker exceeded its local ephemeral storage limit \"20Gi\". ",
                            "Pod ephemeral local storage usage exceeds the total limit of containers 20Gi. ",
                            "Usage of EmptyDir volume \"pod\" exceeds the limit \"20Gi\". "}) {
    auto p = ended(worker_pod(), 137);
    p.phase = cluster::PodPhase::Failed;
    p.reason = "Evicted";
    p.message = words;
    const auto failure = judge_failed_pod(p);
    EXPECT_EQ(failure.failure_class, "StorageFailure") << words;
    EXPECT_EQ(failure.retry, RetryDecision::Counted);
    EXPECT_NE(failure.evidence.find(words), std::string::npos) << failure.evidence;
    p.disrupted = true;
    EXPECT_EQ(judge_failed_pod(p).failure_class, "NodeLost") << "the node itself ran short";
  }
}

TEST(FailurePolicy, ADisruptedPodIsFreeWhateverItsExitCode) {
  for (const int code : {1, 2, 137, 143}) {
    auto p = ended(worker_pod(), code);
    p.disrupted = true;
    EXPECT_EQ(judge_failed_pod(p).failure_class, "NodeLost");
    EXPECT_EQ(judge_failed_pod(p).retry, RetryDecision::Free);
  }
}

TEST(FailurePolicy, ALostNodeIsFreeAndNamesNodeAndReason) {
  auto p = worker_pod();
  p.phase = cluster::PodPhase::Failed;
  p.node = "gpu-3";
  p.reason = "NodeLost";
  const auto f = judge_failed_pod(p);
  EXPECT_EQ(f.retry, RetryDecision::Free);
  EXPECT_EQ(f.evidence, "Pod j-0 on node gpu-3: NodeLost");
}

TEST(FailurePolicy, BelievesTheWorkersOwnWordAndShowsItsEvidenceAndHint) {
  auto result = error_result("CudaOOM", "tried to allocate 2 GiB");
  result.error->hint = "batchSize 8 fits";
  const auto f = judge_failed_pod(ended(worker_pod(), 1, contract::encode(result)));
  EXPECT_EQ(f.failure_class, "CudaOOM");
  EXPECT_EQ(f.retry, RetryDecision::Never);
  EXPECT_EQ(f.evidence, "tried to allocate 2 GiB");
  EXPECT_EQ(f.hint, "batchSize 8 fits");
}

TEST(FailurePolicy, NeverGivesAFreeRetryOnAWorkersWord) {
  EXPECT_EQ(judge_failed_pod(ended(worker_pod(), 1, contract::encode(error_result("NodeLost", "x")))).failure_class,
            "Unknown");
  const auto f = judge_failed_pod(ended(worker_pod(), 1, contract::encode(error_result("Terminated", "x"))));
  EXPECT_EQ(f.retry, RetryDecision::Counted);
}

TEST(FailurePolicy, NamesFileAndFieldOfTheWorkersError) {
  auto result = error_result("InvalidInput", "expected a number");
  result.error->file = "annotation.json";
  result.error->field = "annotations[3].bbox";
  EXPECT_EQ(judge_failed_pod(ended(worker_pod(), 2, contract::encode(result))).evidence,
            "annotation.json: annotations[3].bbox: expected a number");
}

TEST(FailurePolicy, TakesTheLastLineWhenTheMessageIsNoResult) {
  EXPECT_EQ(judge_failed_pod(ended(worker_pod(), 1, "Traceback\n  ...\nValueError: bad\n")).evidence,
            "ValueError: bad");
}

TEST(FailurePolicy, BoundsTheEvidenceOfAStrangersImage) {
  EXPECT_LE(judge_failed_pod(ended(worker_pod(), 1, std::string(100'000, 'x'))).evidence.size(), 600u);
}

TEST(FailurePolicy, FindsTheCauseBehindPodsThatWereStoppedBecauseOfIt) {
  const auto stopped = judge_failed_pod(ended(worker_pod(), 143));
  const auto invalid = judge_failed_pod(ended(worker_pod(), 2));
  const auto crash = judge_failed_pod(ended(worker_pod(), 139));
  auto lost_pod = ended(worker_pod(), 137);
  lost_pod.disrupted = true;
  const auto lost = judge_failed_pod(lost_pod);
  EXPECT_EQ(root_cause({stopped, crash}).failure_class, "Crash");
  EXPECT_EQ(root_cause({stopped, crash, lost}).failure_class, "NodeLost");
  EXPECT_EQ(root_cause({stopped, crash, lost, invalid}).failure_class, "InvalidInput");
}

TEST(FailurePolicy, KnowsNoClassTwice) {
  std::set<std::string> names;
  for (const auto& row : contract::kFailureMeanings)
    EXPECT_TRUE(names.insert(std::string(row.name)).second) << row.name;
}

}  // namespace
}  // namespace visionops::core
