#include "operator/core/run/retry_policy.h"

#include <gtest/gtest.h>

#include <string>

#include "operator/core/run/attempt_book.h"

namespace visionops::core {
namespace {

using namespace std::chrono_literals;

TEST(RetryPolicy, DoublesTheDelayUpToSixMinutes) {
  EXPECT_EQ(backoff_delay(10s, 1), 10s);
  EXPECT_EQ(backoff_delay(10s, 2), 20s);
  EXPECT_EQ(backoff_delay(10s, 4), 80s);
  EXPECT_EQ(backoff_delay(10s, 6), 320s);
  EXPECT_EQ(backoff_delay(10s, 7), 6min);
  EXPECT_EQ(backoff_delay(10s, 2'000'000'000), 6min);
  EXPECT_EQ(backoff_delay(10s, 0), 0s);
  EXPECT_EQ(backoff_delay(0s, 5), 0s);
}

TEST(RetryPolicy, CountsUpToTheLimit) {
  const Failure crash = failure_of("Crash", "");
  EXPECT_TRUE(plan_retry(crash, 1, 0, 3, 10s).retry);
  EXPECT_TRUE(plan_retry(crash, 3, 2, 3, 10s).retry);
  EXPECT_FALSE(plan_retry(crash, 4, 3, 3, 10s).retry);
  EXPECT_FALSE(plan_retry(crash, 1, 0, 0, 10s).retry) << "limit 0 means one attempt";
}

TEST(RetryPolicy, NeverRetriesWhatWouldFailAgain) {
  const auto plan = plan_retry(failure_of("InvalidInput", ""), 1, 0, 100, 10s);
  EXPECT_FALSE(plan.retry);
  EXPECT_TRUE(plan.counted);
}

TEST(RetryPolicy, LostNodesAreFreeAtOnceAndSlowDownWhenTheyKeepComing) {
  const Failure lost = failure_of("NodeLost", "");
  for (int attempt = 1; attempt <= 3; ++attempt) {
    const auto plan = plan_retry(lost, attempt, 0, 0, 10s);
    EXPECT_TRUE(plan.retry);
    EXPECT_FALSE(plan.counted);
    EXPECT_EQ(plan.delay, 0s);
  }
  EXPECT_EQ(plan_retry(lost, 4, 0, 0, 10s).delay, 10s);
  EXPECT_EQ(plan_retry(lost, 50, 0, 0, 10s).delay, 6min);
}

TEST(RecordFailure, TellsTheNewestFailedAttemptsAndForgetsTheOldest) {
  api::RunStatus status;
  const TimePoint start{};
  for (int attempt = 1; attempt <= 12; ++attempt) {
    status.attempt = attempt;
    status.attempt_started_at = start + std::chrono::minutes(attempt);
    record_failure(status, failure_of("Crash", "line " + std::to_string(attempt)), 100, 10s,
                   start + std::chrono::minutes(attempt) + 30s);
  }
  ASSERT_EQ(status.failed_attempts.size(), 10U);
  EXPECT_EQ(status.failed_attempts.front().attempt, 3);
  const auto& newest = status.failed_attempts.back();
  EXPECT_EQ(newest.attempt, 12);
  EXPECT_EQ(newest.failure_class, "Crash");
  EXPECT_EQ(newest.evidence, "line 12");
  EXPECT_EQ(*newest.ended_at - *newest.started_at, 30s);
}

}  // namespace
}  // namespace visionops::core
