#include "operator/runtime/telemetry/telemetry_board.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>
#include <vector>

namespace visionops::runtime {
namespace {

using contract::Progress;
using contract::TelemetryMessage;
using std::chrono::seconds;

const TimePoint kStart{seconds(1'780'000'000)};

struct TelemetryBoardTest : testing::Test {
  TelemetryBoard board{{.notify_interval = seconds(5), .owners = 3, .pods = 4}};
  std::map<std::string, std::int64_t> sequences;

  TelemetryMessage message(const std::string& pod = "pod-0", TimePoint sent = kStart) {
    TelemetryMessage m;
    m.owner = {"TrainingJob", "default", "detector", "uid-1", 1, 1};
    m.pod = pod;
    m.sequence = ++sequences[pod];
    m.sent_at = sent;
    return m;
  }
  TelemetryMessage with_progress(Progress progress, const std::string& pod = "pod-0", TimePoint sent = kStart) {
    auto m = message(pod, sent);
    m.progress = std::move(progress);
    return m;
  }
  TelemetryMessage with_metric(const std::string& name, double value, std::int64_t step) {
    auto m = message();
    m.metrics = {{name, value, step, 1, kStart + seconds(step)}};
    return m;
  }
  std::optional<Progress> progress() { return board.progress("uid-1", "", 1, 1); }
};

TEST_F(TelemetryBoardTest, KnowsNothingOfAResourceThatNeverSent) {
  EXPECT_FALSE(progress());
  EXPECT_FALSE(board.training("uid-1", ""));
}

TEST_F(TelemetryBoardTest, KeepsRunsOfOneNumberApartByTheirIdentity) {
  auto before = with_metric("loss", 9, 900);
  before.owner.run = 3;
  before.owner.identity = "old";
  auto now = with_metric("loss", 0.5, 1);
  now.owner.identity = "new";
  EXPECT_EQ(board.fold(before, kStart), FoldResult::Changed);
  EXPECT_EQ(board.fold(now, kStart), FoldResult::Changed) << "not stale: the resource counts from run 1 again";
  before.sequence += 10;
  board.fold(before, kStart);  // its Pod is still ending
  ASSERT_TRUE(board.training("uid-1", "new"));
  EXPECT_EQ(board.training("uid-1", "new")->run, 1);
  EXPECT_EQ(board.training("uid-1", "new")->identity, "new");
  EXPECT_DOUBLE_EQ(board.training("uid-1", "new")->latest.at("loss").value, 0.5);
  EXPECT_EQ(board.training("uid-1", "old")->run, 3);
  EXPECT_FALSE(board.training("uid-1", "another"));
  EXPECT_EQ(board.size(), 2U);
  board.evict("uid-1");
  EXPECT_EQ(board.size(), 0U);
}

TEST_F(TelemetryBoardTest, HearsASidecarOfAnEarlierVersionThatNamesNoIdentity) {
  board.fold(with_progress({"ImageWriting", 30, 100, 0, 0}), kStart);
  EXPECT_EQ(board.progress("uid-1", "new", 1, 1)->done, 30);
}

TEST_F(TelemetryBoardTest, SumsTheProgressOfAllShards) {
  board.fold(with_progress({"ImageWriting", 30, 100, 0, 0}, "pod-0"), kStart);
  board.fold(with_progress({"ImageWriting", 60, 80, 0, 0}, "pod-1"), kStart);
  ASSERT_TRUE(progress());
  EXPECT_EQ(progress()->done, 90);
  EXPECT_EQ(progress()->total, 180);
}

TEST_F(TelemetryBoardTest, NeverShowsProgressGoingBackwards) {
  board.fold(with_progress({"ImageWriting", 50, 100, 0, 0}, "pod-0"), kStart);
  board.fold(with_progress({"ImageWriting", 40, 100, 0, 0}, "pod-0"), kStart);
  EXPECT_EQ(progress()->done, 50);
  board.fold(with_progress({"AnnotationProcessing", 1, 1, 0, 0}, "pod-0"), kStart);
  EXPECT_EQ(progress()->stage, "ImageWriting");
  // A shard that starts late makes the sum of the totals larger: the part done must not shrink.
  board.fold(with_progress({"ImageWriting", 0, 100, 0, 0}, "pod-1"), kStart);
  EXPECT_DOUBLE_EQ(std::get<2>(rank_of(*progress())), 0.5);
  board.fold(with_progress({"ImageWriting", 80, 100, 0, 0}, "pod-1"), kStart);
  EXPECT_EQ(progress()->done, 130);
  EXPECT_EQ(progress()->total, 200);
}

TEST_F(TelemetryBoardTest, FollowsTheStagesInTheOrderOfWork) {
  board.fold(with_progress({"AnnotationProcessing", 2, 2, 0, 0}), kStart);
  board.fold(with_progress({"ImageWriting", 1, 100, 0, 0}), kStart);
  EXPECT_EQ(progress()->stage, "ImageWriting");
  board.fold(with_progress({"Publishing", 0, 1, 0, 0}), kStart);
  EXPECT_EQ(progress()->stage, "Publishing");
}

TEST_F(TelemetryBoardTest, TakesTheNextEpochAsProgressThoughItsPartIsSmaller) {
  board.fold(with_progress({"Evaluation", 10, 10, 1, 5}), kStart);
  board.fold(with_progress({"Training", 1, 100, 2, 5}), kStart);
  EXPECT_EQ(progress()->epoch, 2);
  EXPECT_EQ(progress()->stage, "Training");
}

TEST_F(TelemetryBoardTest, AnswersOnlyForTheRunAndAttemptThatWasAskedFor) {
  board.fold(with_progress({"ImageWriting", 1, 2, 0, 0}), kStart);
  EXPECT_FALSE(board.progress("uid-1", "", 1, 2));
  EXPECT_FALSE(board.progress("uid-1", "", 2, 1));
  EXPECT_FALSE(board.progress("uid-2", "", 1, 1));
}

TEST_F(TelemetryBoardTest, StartsAnewWithANewAttemptAndIgnoresTheOldOne) {
  board.fold(with_progress({"Training", 90, 100, 3, 5}), kStart);
  auto next = with_progress({"Training", 1, 100, 1, 5}, "pod-9");
  next.owner.attempt = 2;
  EXPECT_EQ(board.fold(next, kStart), FoldResult::Changed);
  EXPECT_EQ(board.progress("uid-1", "", 1, 2)->epoch, 1);
  EXPECT_EQ(board.fold(with_progress({"Training", 95, 100, 4, 5}), kStart), FoldResult::Stale);
  EXPECT_EQ(board.training("uid-1", "")->attempt, 2);
}

TEST_F(TelemetryBoardTest, IgnoresAMessageThatWasSentTwice) {
  const auto m = with_metric("loss", 1.0, 1);
  EXPECT_EQ(board.fold(m, kStart), FoldResult::Changed);
  EXPECT_EQ(board.fold(m, kStart + seconds(9)), FoldResult::Duplicate);
}

TEST_F(TelemetryBoardTest, AcceptsARestartedSidecarThatCountsFromTheStart) {
  auto m = with_metric("loss", 1.0, 1);
  m.sequence = 500;
  board.fold(m, kStart);
  m.sequence = 1;
  m.sent_at = kStart + seconds(60);
  m.metrics[0].value = 0.5;
  m.metrics[0].step = 2;
  EXPECT_EQ(board.fold(m, kStart), FoldResult::Changed);
  EXPECT_DOUBLE_EQ(board.training("uid-1", "")->latest.at("loss").value, 0.5);
}

TEST_F(TelemetryBoardTest, KeepsTheNewestValueOfAMetricByStep) {
  board.fold(with_metric("loss", 0.5, 20), kStart);
  board.fold(with_metric("loss", 0.9, 10), kStart);
  EXPECT_DOUBLE_EQ(board.training("uid-1", "")->latest.at("loss").value, 0.5);
}

TEST_F(TelemetryBoardTest, KeepsAtMostSixtyFourMetricNamesAndNoUnusableValues) {
  for (int i = 0; i < 200; ++i) board.fold(with_metric("m" + std::to_string(i), i, 1), kStart);
  EXPECT_EQ(board.training("uid-1", "")->latest.size(), contract::kMaxMetricNames);
  EXPECT_EQ(board.fold(with_metric("m0", 7, 2), kStart), FoldResult::Changed) << "known names go on";
  board.fold(with_metric("m1", std::numeric_limits<double>::quiet_NaN(), 9), kStart);
  EXPECT_DOUBLE_EQ(board.training("uid-1", "")->latest.at("m1").value, 1);
}

TEST_F(TelemetryBoardTest, RefusesOwnersAndPodsBeyondItsLimits) {
  for (int i = 0; i < 5; ++i) {
    auto m = message();
    m.owner.uid = "uid-" + std::to_string(i);
    EXPECT_EQ(board.fold(m, kStart), i < 3 ? FoldResult::Changed : FoldResult::Refused);
  }
  EXPECT_EQ(board.size(), 3u);
  for (int i = 1; i < 4; ++i) EXPECT_NE(board.fold(message("p" + std::to_string(i)), kStart), FoldResult::Refused);
  EXPECT_EQ(board.fold(message("p4"), kStart), FoldResult::Refused);
}

TEST_F(TelemetryBoardTest, RefusesAnOwnerThatIsNoResourceOfOurs) {
  auto m = message();
  m.owner.kind = "Secret";
  EXPECT_EQ(board.fold(m, kStart), FoldResult::Unknown);
  m = message();
  m.owner.uid.clear();
  EXPECT_EQ(board.fold(m, kStart), FoldResult::Unknown);
  EXPECT_EQ(board.size(), 0u);
}

TEST_F(TelemetryBoardTest, ShowsTheNewestStoredCheckpointAndTheGpus) {
  auto m = message();
  m.checkpoints = {{"a/epoch-0002.pt", "beef", 10, 2}, {"a/epoch-0001.pt", "cafe", 10, 1}};
  contract::ResourceSample sample;
  sample.gpu_name = "NVIDIA H200";
  for (int gpu = 0; gpu < 2; ++gpu) {
    sample.gpu_index = gpu;
    m.samples.push_back(sample);
  }
  board.fold(m, kStart);
  EXPECT_EQ(board.training("uid-1", "")->checkpoint->epoch, 2);
  EXPECT_EQ(board.training("uid-1", "")->gpu, "2x NVIDIA H200");
}

TEST_F(TelemetryBoardTest, MeasuresTheSecondsOfAnEpochByTheClockOfTheSender) {
  board.fold(with_progress({"Training", 1, 100, 1, 9}, "pod-0", kStart), kStart);
  EXPECT_FALSE(board.training("uid-1", "")->seconds_per_epoch);
  board.fold(with_progress({"Training", 1, 100, 2, 9}, "pod-0", kStart + seconds(40)), kStart + seconds(500));
  EXPECT_DOUBLE_EQ(*board.training("uid-1", "")->seconds_per_epoch, 40);
  board.fold(with_progress({"Training", 1, 100, 4, 9}, "pod-0", kStart + seconds(80)), kStart + seconds(500));
  EXPECT_DOUBLE_EQ(*board.training("uid-1", "")->seconds_per_epoch, 30) << "the mean of 40 and the newest 20";
}

TEST_F(TelemetryBoardTest, RemembersWhenItLastHeardFromTheJob) {
  board.fold(message(), kStart);
  board.fold(message(), kStart + seconds(3));
  EXPECT_EQ(board.training("uid-1", "")->heartbeat, kStart + seconds(3));
}

TEST_F(TelemetryBoardTest, ForgetsAResourceThatIsGone) {
  board.fold(message(), kStart);
  board.evict("uid-1");
  EXPECT_FALSE(board.training("uid-1", ""));
  EXPECT_EQ(board.size(), 0u);
}

struct TelemetryWakeTest : TelemetryBoardTest {
  std::vector<std::pair<std::string, Duration>> woken;
  void SetUp() override {
    board.on_change([this](const cluster::ObjectKey& owner, Duration delay) { woken.emplace_back(owner.name, delay); });
  }
};

TEST_F(TelemetryWakeTest, WakesTheOwnerAtOnceOnTheFirstChange) {
  board.fold(with_metric("loss", 1, 1), kStart);
  ASSERT_EQ(woken.size(), 1u);
  EXPECT_EQ(woken[0].first, "detector");
  EXPECT_EQ(woken[0].second, Duration{0});
}

TEST_F(TelemetryWakeTest, DoesNotWakeForAHeartbeatUnlessASilenceEnds) {
  board.fold(message(), kStart);
  woken.clear();
  EXPECT_EQ(board.fold(message(), kStart + seconds(2)), FoldResult::Unchanged);
  EXPECT_TRUE(woken.empty());
  board.fold(message(), kStart + seconds(60));
  EXPECT_EQ(woken.size(), 1u);
}

TEST_F(TelemetryWakeTest, AsksForEveryChangeWithinTheIntervalToBeSeenAtItsEnd) {
  board.fold(with_metric("loss", 1, 1), kStart);
  board.fold(with_metric("loss", 2, 2), kStart + seconds(1));
  board.fold(with_metric("loss", 3, 3), kStart + seconds(4));
  ASSERT_EQ(woken.size(), 3u);
  EXPECT_EQ(woken[1].second, seconds(4));
  EXPECT_EQ(woken[2].second, seconds(1)) << "repeated: another event may have served the earlier wish";
}

TEST_F(TelemetryWakeTest, KeepsTheIntervalAlsoAfterADelayedWake) {
  board.fold(with_metric("loss", 1, 1), kStart);
  board.fold(with_metric("loss", 2, 2), kStart + seconds(4));  // seen at 5 s
  board.fold(with_metric("loss", 3, 3), kStart + seconds(6));
  EXPECT_EQ(woken.back().second, seconds(4)) << "5 s after the look at 5 s";
}

TEST_F(TelemetryWakeTest, WakesNobodyAfterTheReceiverWasTakenAway) {
  board.on_change({});
  board.fold(with_metric("loss", 1, 1), kStart);
  EXPECT_TRUE(woken.empty());
}

TEST_F(TelemetryWakeTest, MayBeUsedFromManyThreads) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 1; i <= 500; ++i) {
        TelemetryMessage m;
        m.owner = {"Pipeline", "default", "p", "uid-1", 1, 1};
        m.pod = "pod-" + std::to_string(t);
        m.sequence = i;
        m.sent_at = kStart + seconds(i);
        m.progress = Progress{"ImageWriting", i, 500, 0, 0};
        board.fold(m, m.sent_at);
        (void)board.progress("uid-1", "", 1, 1);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(progress()->done, 2'000);
}

}  // namespace
}  // namespace visionops::runtime
