#include "worker/sidecar/outbox.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace visionops::sidecar {
namespace {

constexpr TimePoint kNow{Duration{1'790'000'000'000}};
const std::string kDigest(64, 'a');
const contract::RunOwner kOwner{"TrainingJob", "default", "detector", "uid", 2, 1};

contract::MetricPoint point(std::int64_t step, double value = 0.5, Duration after = Duration{0},
                            std::string name = "loss") {
  contract::MetricPoint p;
  p.name = std::move(name);
  p.step = step;
  p.value = value;
  p.at = kNow + after;
  return p;
}

contract::TelemetryMessage decoded(const std::string& body) {
  EXPECT_LE(body.size(), contract::kMaxTelemetryMessage);
  Problems problems;
  auto message = contract::decode_telemetry_message(body, problems);
  EXPECT_TRUE(message) << describe(problems);
  return message.value_or(contract::TelemetryMessage{});
}

TEST(Downsample, LeavesASlowMetricAlone) {
  std::vector<QueuedPoint> points;
  for (int i = 0; i < 10; ++i) points.push_back({point(i), i});
  EXPECT_EQ(downsample(points).size(), 10U);
}

TEST(Downsample, KeepsTheExtremesAndTheEndOfAFastOne) {
  std::vector<QueuedPoint> points;
  for (int i = 0; i < 900; ++i) points.push_back({point(i, i == 123 ? -7.0 : i == 456 ? 99.0 : 0.5), i});
  const auto kept = downsample(points);
  EXPECT_LE(kept.size(), 9U);
  EXPECT_TRUE(std::any_of(kept.begin(), kept.end(), [](const auto& p) { return p.point.value == -7.0; }));
  EXPECT_TRUE(std::any_of(kept.begin(), kept.end(), [](const auto& p) { return p.point.value == 99.0; }));
  EXPECT_EQ(kept.back().point.step, 899);
  EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end(),
                             [](const auto& a, const auto& b) { return a.point.step < b.point.step; }));
}

TEST(Downsample, CountsEachMetricAndSecondForItself) {
  std::vector<QueuedPoint> points;
  for (int second = 0; second < 3; ++second) {
    for (int i = 0; i < 5; ++i) {
      points.push_back({point(second * 5 + i, 0.5, std::chrono::seconds(second)), 0});
      points.push_back({point(second * 5 + i, 0.5, std::chrono::seconds(second), "lr"), 0});
    }
  }
  EXPECT_EQ(downsample(points).size(), 30U);
}

TEST(Outbox, PutsEverythingIntoOneMessageWithARisingSequence) {
  Outbox outbox(kOwner, "pod-0", 7);
  outbox.add(contract::Progress{"Training", 5, 10, 1, 2}, 0);
  outbox.add(point(1), 10);
  outbox.add(contract::StoredCheckpoint{"runs/epoch-0001.pt", kDigest, 10, 1}, 20);
  outbox.add(contract::ResourceSample{});
  outbox.add_event("hello", 30);
  const auto first = decoded(outbox.message(kNow, false));
  EXPECT_EQ(first.sequence, 7);
  EXPECT_EQ(first.pod, "pod-0");
  EXPECT_EQ(first.owner.run, 2);
  EXPECT_EQ(first.progress->done, 5);
  EXPECT_EQ(first.metrics.size() + first.checkpoints.size() + first.samples.size() + first.events.size(), 4U);
  outbox.confirm();
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(decoded(outbox.message(kNow, false)).sequence, 8) << "a heartbeat";
}

TEST(Outbox, SendsTheSameMessageAgainUntilItIsConfirmed) {
  Outbox outbox(kOwner, "pod-0", 0);
  outbox.add(point(1), 0);
  const std::string first = outbox.message(kNow, false);
  outbox.add(point(2), 10);
  EXPECT_EQ(outbox.message(kNow + Duration{5}, false), first);
  outbox.confirm();
  EXPECT_EQ(decoded(outbox.message(kNow, false)).metrics.at(0).step, 2);
}

TEST(Outbox, SplitsWhatDoesNotFitAndMarksOnlyTheLastAsFinal) {
  Outbox outbox(kOwner, "pod-0", 0);
  for (int i = 0; i < 3'000; ++i) {
    outbox.add(point(i, 0.123456789012, std::chrono::seconds(i), std::string(60, 'n') + std::to_string(i % 5)), i);
  }
  for (int i = 0; i < 100; ++i) outbox.add_event(std::string(1'000, 'e'), 5'000 + i);
  std::size_t points = 0, events = 0, messages = 0;
  while (!outbox.empty()) {
    const auto message = decoded(outbox.message(kNow, true));
    outbox.confirm();
    points += message.metrics.size();
    events += message.events.size();
    EXPECT_EQ(message.final, outbox.empty());
    ASSERT_LT(++messages, 100U);
  }
  EXPECT_EQ(points, 3'000U);
  EXPECT_EQ(events, 100U);
}

TEST(Outbox, LosesOldMetricsButNoCheckpointAndNotTheNewestProgressInALongOutage) {
  Outbox outbox(kOwner, "pod-0", 0);
  for (int i = 0; i < 20'000; ++i) {
    outbox.add(point(i, 0.5, std::chrono::seconds(i)), i);
    outbox.add(contract::Progress{"Training", i, 20'000, 1, 2}, i);
    outbox.add(contract::ResourceSample{});
    if (i % 1'000 == 0) outbox.add(contract::StoredCheckpoint{"c" + std::to_string(i), kDigest, 10, i}, i);
  }
  EXPECT_LE(outbox.points(), 5'000U);
  std::size_t checkpoints = 0;
  std::int64_t last_step = 0, last_progress = 0;
  std::string events;
  while (!outbox.empty()) {
    const auto message = decoded(outbox.message(kNow, false));
    outbox.confirm();
    checkpoints += message.checkpoints.size();
    if (!message.metrics.empty()) last_step = message.metrics.back().step;
    if (message.progress) last_progress = message.progress->done;
    for (const auto& event : message.events) events += event;
  }
  EXPECT_EQ(checkpoints, 20U);
  EXPECT_EQ(last_step, 19'999);
  EXPECT_EQ(last_progress, 19'999);
  EXPECT_NE(events.find("metric points were dropped"), std::string::npos) << events;
}

TEST(Outbox, BoundsTheNumberOfMetricNames) {
  Outbox outbox(kOwner, "pod-0", 0);
  for (int i = 0; i < 200; ++i) outbox.add(point(1, 0.5, Duration{0}, "m" + std::to_string(i)), i);
  const auto message = decoded(outbox.message(kNow, false));
  EXPECT_EQ(message.metrics.size(), contract::kMaxMetricNames);
  ASSERT_EQ(message.events.size(), 1U);
}

TEST(Outbox, KnowsTheOldestLineThatIsNotDelivered) {
  Outbox outbox(kOwner, "pod-0", 0);
  EXPECT_FALSE(outbox.oldest_offset());
  outbox.add(point(1), 100);
  outbox.add(point(2), 200);
  EXPECT_EQ(outbox.oldest_offset(), 100);
  (void)outbox.message(kNow, false);
  outbox.add(point(3), 300);
  EXPECT_EQ(outbox.oldest_offset(), 100) << "sent is not delivered";
  outbox.confirm();
  EXPECT_EQ(outbox.oldest_offset(), 300);
}

}  // namespace
}  // namespace visionops::sidecar
