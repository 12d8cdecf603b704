// What a run says is bounded, however much it says.
#include <cmath>

#include "tests/unit/framework/text_source.h"
#include "tests/unit/framework/told_run.h"
#include "worker/framework/failures/tracebacks.h"
#include "worker/framework/metric_health.h"
#include "worker/framework/story.h"

namespace visionops::framework {
namespace {

contract::FrameworkReading csv_files() {
  contract::FrameworkReading reading;
  reading.metric_files = {{"*.csv", "CSV", 1}};
  return reading;
}

std::string raised(const std::string& exception, int frames = 1) {
  std::string text = "Traceback (most recent call last):\n";
  for (int i = 0; i < frames; ++i) text += "  File \"/job/a.py\", line 3, in main\n";
  return text + exception + "\n";
}

TEST(Bounds, EvidenceIsCutAtACharacter) {
  ToldRun run("");
  run.says(raised("ValueError: " + std::string(8000, 'x') + "\u2501"));
  EXPECT_EQ(run.exits(1).evidence.size(), kMaxEvidence);
}

TEST(Bounds, WaitingLinesAreDroppedFromTheOldestAndCounted) {
  ToldRun run("generic");
  for (std::size_t i = 0; i < kMostWaitingLines + 10; ++i) run.says("Epoch " + std::to_string(i + 1) + ", loss: 0.5\n");
  const auto lines = run.lines();
  EXPECT_LE(lines.size(), kMostWaitingLines + 2);
  bool counted = false;
  for (const auto& line : lines) counted = counted || line.event.find("left out") != std::string::npos;
  EXPECT_TRUE(counted);
}

/// A table of `columns` columns beside the epoch.
std::string table(std::size_t columns, std::size_t rows) {
  std::string text = "epoch";
  for (std::size_t i = 0; i < columns; ++i) text += ",c" + std::to_string(i);
  for (std::size_t row = 1; row <= rows; ++row) {
    text += '\n' + std::to_string(row);
    for (std::size_t i = 0; i < columns; ++i) text += ",1";
  }
  return text + '\n';
}

TEST(Bounds, PointsOfFilesAreToldUpToANumber) {
  Story story(0, 0, true);
  story.begin_file("a.csv", TimePoint{});
  for (std::size_t i = 0; i < kMostPoints + 5; ++i) story.file_point({"a", 1.0, static_cast<std::int64_t>(i), 1, ""});
  EXPECT_EQ(story.latest().at("a"), 1.0);
  story.take_lines();
  story.file_point({"b", 1.0, 1, 1, ""});
  EXPECT_TRUE(story.take_lines().empty());
}

TEST(Bounds, ColumnsBeyondTheMostAreLeftOut) {
  ToldRun run(csv_files());
  EXPECT_TRUE(run.writes("a.csv", table(2000, 1)).points().empty() || run.value("c1999") == std::nullopt);
  EXPECT_EQ(ToldRun(csv_files()).writes("a.csv", table(1000, 1)).points().size(), 1000U);
}

TEST(Bounds, FilesBeyondTheMostAreNotRead) {
  ToldRun run(csv_files());
  for (int i = 0; i < 1024; ++i) run.writes("f" + std::to_string(i) + ".csv", "epoch,a\n");
  EXPECT_TRUE(run.writes("one-more.csv", "epoch,a\n1,2\n").points().empty());
  EXPECT_EQ(run.writes("f7.csv", "epoch,a\n1,2\n").points().size(), 1U);
}

TEST(Bounds, NamesOfMetricsAreShortAndFew) {
  ToldRun run("katib");
  run.says(std::string(200, 'n') + "=1\n");
  EXPECT_EQ(run.points().at(0).name.size(), kMaxMetricName);
  for (int i = 0; i < 5000; ++i) run.says("m" + std::to_string(i) + "=1 e" + std::to_string(i) + "=nan\n");
  run.lines();
  EXPECT_LE(run.reader.latest().size(), 4096U);
}

TEST(Bounds, MetricsThatAreNoNumbersAreFew) {
  MetricHealth health;
  for (int i = 0; i < 5000; ++i) health.look_at("loss" + std::to_string(i), std::nan(""), "line", "");
  EXPECT_FALSE(health.look_at("one more", std::nan(""), "line", ""));
  EXPECT_NE(health.not_a_number(), nullptr);
}

TEST(Bounds, EpochsAreCountedToANumber) {
  ToldRun run("generic");
  run.says("Epoch 999999999999, loss: 0.5\n");
  EXPECT_EQ(run.reader.position().epoch, 10'000'000);
}

TEST(Bounds, ValuesThatWaitForAFileAreFew) {
  auto reading = csv_files();
  reading.log_formats = {"generic"};
  ToldRun run(reading);
  for (int i = 0; i < 5000; ++i) run.says("Epoch 1, a: " + std::to_string(i) + "\n");
  EXPECT_GT(run.points().size(), 0U) << "the oldest are told";
}

TEST(Bounds, ExceptionsAndTheirFramesAreFew) {
  Tracebacks tracebacks;
  for (int i = 0; i < 1000; ++i) {
    tracebacks.take("Traceback (most recent call last):", "Traceback (most recent call last):", -1, i);
    tracebacks.take("ValueError: x", "ValueError: x", -1, i);
  }
  tracebacks.end();
  EXPECT_EQ(tracebacks.raised().size(), kMostExceptions);
  ToldRun deep("");
  EXPECT_EQ(deep.says(raised("RuntimeError: CUDA out of memory", 9000)).fails(1), "Unknown");
  EXPECT_EQ(ToldRun("").says(raised("RuntimeError: CUDA out of memory", 900)).fails(1), "CudaOOM");
}

TEST(Bounds, RanksThatFailTogetherAreFew) {
  Tracebacks tracebacks;
  for (int rank = 0; rank < 1000; ++rank) {
    tracebacks.take("Traceback (most recent call last):", "Traceback (most recent call last):", rank, rank);
  }
  for (int rank = 0; rank < 1000; ++rank) tracebacks.take("ValueError: x", "ValueError: x", rank, rank);
  tracebacks.end();
  EXPECT_EQ(tracebacks.raised().size(), 64U);
  ToldRun run("");
  for (int i = 0; i < 1000; ++i)
    run.says("failed (exitcode: -9) local_rank: " + std::to_string(i) + " (pid: 1) of binary: p\n");
  EXPECT_EQ(run.fails(1), "RankKilled");
}

TEST(Bounds, StacksAreLookedAtForAFewFrames) {
  std::string text = "Fatal Python error: Aborted\nCurrent thread 0x1 (most recent call first):\n";
  for (int i = 0; i < 40; ++i) text += "  File \"a.py\", line 1 in work\n";
  text += "  File \"a.py\", line 1 in poll\n";
  EXPECT_EQ(ToldRun("").says(text).fails({.signal = 6}), "Crash");
}

TEST(Bounds, HeadersOfCheckpointsAreReadToANumberOfBytes) {
  std::string header_too_long(8, '\0');
  header_too_long[3] = 1;  // 16 MiB
  header_too_long += std::string(17U << 20, ' ');
  const TextSource safetensors(header_too_long);
  EXPECT_TRUE(check_whole("a.safetensors", safetensors));
  EXPECT_LT(safetensors.bytes_read(), 1000U);
  const TextSource json("{\"a\": \"" + std::string(9U << 20, 'x') + "\"}");
  EXPECT_TRUE(check_whole("a.json", json));
  EXPECT_LT(json.bytes_read(), 1000U);
}

TEST(Bounds, ADirectoryOfAZipFileIsReadToANumberOfBytes) {
  const std::uint32_t size = 12U << 20;
  std::string bytes = "PK\3\4" + std::string(size, '\0') + std::string("PK\5\6") + std::string(8, '\0');
  for (const std::uint32_t number : {size, 4U}) bytes.append(reinterpret_cast<const char*>(&number), 4);
  bytes += std::string(2, '\0');
  const TextSource source(std::move(bytes));
  EXPECT_FALSE(check_whole("a.pt", source));
  EXPECT_LT(source.bytes_read(), 10U << 20);
}

TEST(Bounds, APickleThatPilesUpValuesIsNotJudged) {
  const TextSource source("\x80\x02" + std::string(5'000'000, 'N'));
  EXPECT_TRUE(check_whole("a.pkl", source));
  const TextSource text(std::string("\x80\x02X") + std::string("\xff\xff\xff\x7f", 4) + std::string(64, 'x'));
  EXPECT_FALSE(check_whole("a.pkl", text)) << "ends within a text of 2 GiB, which is skipped and not read";
}

}  // namespace
}  // namespace visionops::framework
