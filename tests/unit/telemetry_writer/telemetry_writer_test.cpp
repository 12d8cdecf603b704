#include "worker/telemetry_writer/telemetry_writer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <limits>
#include <thread>
#include <vector>

namespace visionops::telemetry {
namespace {

class SetClock final : public Clock {
 public:
  TimePoint now() const override { return time; }
  TimePoint time{Duration{1'700'000'000'000}};
};

class TelemetryWriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "telemetry_writer.XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::vector<contract::TelemetryLine> lines() const {
    std::ifstream in(folder_ / contract::kTelemetryFile);
    std::vector<contract::TelemetryLine> out;
    for (std::string text; std::getline(in, text);) {
      const auto line = contract::decode_telemetry_line(text);
      EXPECT_TRUE(line) << text;
      if (line) out.push_back(*line);
    }
    return out;
  }

  static contract::Progress images(std::int64_t done, std::int64_t total = 100) {
    contract::Progress p;
    p.stage = "ImageWriting";
    p.done = done;
    p.total = total;
    return p;
  }

  std::filesystem::path folder_;
  SetClock clock_;
};

TEST_F(TelemetryWriterTest, IsSilentlyOffWithoutAFolder) {
  TelemetryWriter empty("", clock_);
  TelemetryWriter missing(folder_ / "nowhere", clock_);
  empty.event("x");
  missing.event("x");
  EXPECT_FALSE(empty.active());
  EXPECT_FALSE(missing.active());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "nowhere"));
}

TEST_F(TelemetryWriterTest, ThrottlesProgressButAlwaysWritesTheLastValue) {
  {
    TelemetryWriter writer(folder_, clock_);
    for (int i = 0; i < 90; ++i) {
      writer.progress(images(i));
      clock_.time += Duration{10};
    }
  }
  const auto written = lines();
  ASSERT_EQ(written.size(), 6U);  // 0, 200, 400, 600, 800 ms, and the last value
  EXPECT_EQ(written.front().progress->done, 0);
  EXPECT_EQ(written.back().progress->done, 89);
}

TEST_F(TelemetryWriterTest, NeverHoldsBackANewStageOrTheEndOfAStage) {
  TelemetryWriter writer(folder_, clock_);
  writer.progress(images(1));
  writer.progress(images(60));
  auto next = images(0);
  next.stage = "Publishing";
  writer.progress(next);
  next.done = next.total;
  writer.progress(next);
  const auto written = lines();
  ASSERT_EQ(written.size(), 4U);
  EXPECT_EQ(written[1].progress->done, 60);
  EXPECT_EQ(written[2].progress->stage, "Publishing");
  EXPECT_EQ(written[3].progress->done, 100);
}

TEST_F(TelemetryWriterTest, KeepsProgressBeforeTheLineThatFollowedIt) {
  TelemetryWriter writer(folder_, clock_);
  writer.progress(images(1));
  writer.progress(images(2));
  contract::CheckpointWritten checkpoint;
  checkpoint.file = "epoch-0001.pt";
  checkpoint.epoch = 1;
  checkpoint.metrics = {{"map50", 0.5}, {"bad", std::numeric_limits<double>::quiet_NaN()}};
  writer.checkpoint(checkpoint);
  const auto written = lines();
  ASSERT_EQ(written.size(), 3U);
  EXPECT_EQ(written[1].progress->done, 2);
  ASSERT_TRUE(written[2].checkpoint);
  EXPECT_EQ(written[2].checkpoint->metrics.size(), 1U);
}

TEST_F(TelemetryWriterTest, WritesNanAndInfinityAsEvents) {
  TelemetryWriter writer(folder_, clock_);
  contract::MetricPoint point;
  point.name = "loss";
  point.epoch = 3;
  point.step = 41;
  point.value = std::numeric_limits<double>::quiet_NaN();
  writer.metric(point);
  point.value = -std::numeric_limits<double>::infinity();
  writer.metric(point);
  point.value = 0.25;
  writer.metric(point);
  const auto written = lines();
  ASSERT_EQ(written.size(), 3U);
  EXPECT_EQ(written[0].event, "metric loss is NaN at step 41, epoch 3");
  EXPECT_EQ(written[1].event, "metric loss is -infinity at step 41, epoch 3");
  ASSERT_TRUE(written[2].metric);
  EXPECT_EQ(written[2].metric->value, 0.25);
  EXPECT_NE(written[2].metric->at, TimePoint{});
}

TEST_F(TelemetryWriterTest, CutsEventsBetweenCharacters) {
  TelemetryWriter writer(folder_, clock_);
  std::string text = "x";
  for (int i = 0; i < 600; ++i) text += "\xC3\xA9";
  writer.event(text);
  const auto written = lines();
  ASSERT_EQ(written.size(), 1U);
  EXPECT_LE(written[0].event.size(), 1024U);
  EXPECT_GE(written[0].event.size(), 1000U);
}

TEST_F(TelemetryWriterTest, ThreadsNeverMixTheirLines) {
  TelemetryWriter writer(folder_, clock_);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 250; ++i) writer.event(std::string(300, 'x'));
      });
    }
  }
  EXPECT_EQ(lines().size(), 1000U);
}

TEST_F(TelemetryWriterTest, LeavesItsProcessIdForTheSidecar) {
  TelemetryWriter writer(folder_, clock_);
  std::ifstream in(folder_ / kWorkerPidFile);
  pid_t pid = 0;
  std::uint64_t start = 0;
  in >> pid >> start;
  EXPECT_EQ(pid, ::getpid());
  EXPECT_GT(start, 0U);
}

}  // namespace
}  // namespace visionops::telemetry
