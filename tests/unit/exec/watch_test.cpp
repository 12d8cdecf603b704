// What is looked at in the trainer's folder while it runs.
#include <fcntl.h>

#include "tests/unit/exec/started.h"
#include "tests/unit/exec/zip_file.h"
#include "worker/exec/follow/checkpoint_copy.h"
#include "worker/exec/follow/checkpoint_watch.h"
#include "worker/exec/follow/epoch_metrics.h"
#include "worker/exec/follow/epoch_times.h"
#include "worker/exec/follow/handover.h"
#include "worker/exec/follow/job_folder.h"
#include "worker/exec/follow/metric_files.h"
#include "worker/exec/follow/stack_frame.h"
#include "worker/exec/follow/tar_file.h"
#include "worker/exec/process/byte_queue.h"
#include "worker/exec/process/out_of_memory.h"

namespace visionops::exec {
namespace {

std::vector<std::string> paths_of(const std::vector<FoundFile>& files) {
  std::vector<std::string> out;
  for (const auto& file : files) out.push_back(file.path);
  return out;
}

class WatchTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_.path() / "job"); }
  [[nodiscard]] JobFolder job() const { return *JobFolder::open((folder_.path() / "job").string()); }
  void put(const std::string& name, const std::string& bytes) const {
    write_file(folder_.path() / "job" / name, bytes);
  }
  static CheckpointWatch watch(const std::string& path, const std::string& complete_by = "") {
    contract::CheckpointRule rule;
    rule.path = path;
    rule.complete_by = complete_by;
    return CheckpointWatch(*framework::CheckpointNames::make({rule}));
  }
  std::vector<WholeCheckpoint> look(CheckpointWatch& watch, bool last = false) {
    return watch.poll(job(), last, [this](TimePoint, std::int64_t) { return epoch_; });
  }
  Folder folder_;
  std::int32_t epoch_ = 1;
};

TEST_F(WatchTest, StarsStandForTextWithinOneName) {
  put("runs/detect/train/results.csv", "");
  put("runs/detect/train-2/results.csv", "");
  put("runs/detect/train/deep/results.csv", "");
  put("runs/results.csv", "");
  EXPECT_EQ(paths_of(job().find("runs/*/train*/results.csv", false)),
            (std::vector<std::string>{"runs/detect/train/results.csv", "runs/detect/train-2/results.csv"}));
}

TEST_F(WatchTest, LinksAreNeitherFoundNorFollowed) {
  write_file(folder_.path() / "secret/results.csv", "x");
  put("runs/a/results.csv", "");
  std::filesystem::create_symlink(folder_.path() / "secret", folder_.path() / "job/runs/b");
  std::filesystem::create_symlink(folder_.path() / "secret/results.csv", folder_.path() / "job/runs/results.csv");
  EXPECT_EQ(paths_of(job().find("runs/*/results.csv", false)), std::vector<std::string>{"runs/a/results.csv"});
  EXPECT_TRUE(job().find("runs/results.csv", false).empty());
  EXPECT_FALSE(job().read("runs/b/results.csv", 100));
  EXPECT_FALSE(job().read("runs/results.csv", 100));
}

TEST_F(WatchTest, AFileCountsWhenItIsStillAndWhole) {
  auto watch = this->watch("last.pt");
  const auto bytes = zip_of(std::string(1000, 'x'));
  put("last.pt", bytes.substr(0, 500));
  EXPECT_TRUE(look(watch).empty());
  EXPECT_TRUE(look(watch).empty()) << "still, and not whole";
  put("last.pt", bytes);
  EXPECT_TRUE(look(watch).empty()) << "just written";
  const auto found = look(watch);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found.front().resumable);
  EXPECT_EQ(look(watch).size(), 1U) << "it was not taken";
  watch.taken(found.front());
  EXPECT_TRUE(look(watch).empty());
}

TEST_F(WatchTest, WhatLayThereBeforeIsNotOfThisAttempt) {
  put("last.pt", zip_of("earlier"));
  auto watch = this->watch("last.pt");
  watch.skip_present(job());
  EXPECT_TRUE(look(watch, true).empty());
  put("last.pt", zip_of("of this one"));
  EXPECT_EQ(look(watch, true).size(), 1U);
}

TEST_F(WatchTest, AStrippedFileIsAModelOfTheEpochThatItWasWrittenIn) {
  auto watch = this->watch("best.pt");
  epoch_ = 2;
  put("best.pt", zip_of(std::string(10'000, 'x')));
  look(watch);
  epoch_ = 5;
  put("best.pt", zip_of(std::string(2'000, 'x')));
  const auto found = look(watch, true);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(found.front().resumable);
  EXPECT_EQ(found.front().epoch, 2);
}

TEST_F(WatchTest, AFolderCountsWhenItsLastFileIsThere) {
  auto watch = this->watch("checkpoint-*", "trainer_state.json");
  put("checkpoint-6/model.bin", "weights");
  EXPECT_TRUE(look(watch, true).empty());
  put("checkpoint-6/trainer_state.json", "{\"epoch\": 1");
  EXPECT_TRUE(look(watch, true).empty()) << "half a document";
  put("checkpoint-6/trainer_state.json", "{\"epoch\": 1, \"loss\": NaN}");
  EXPECT_EQ(look(watch, true).size(), 1U);
}

TEST_F(WatchTest, ACopyIsMadeOfTheFileThatWasSeenOrNotAtAll) {
  auto watch = this->watch("last.pt");
  put("last.pt", zip_of("first"));
  const auto found = look(watch, true);
  ASSERT_EQ(found.size(), 1U);
  put("last.pt", zip_of("second one"));
  std::filesystem::create_directories(folder_.path() / "pod");
  const FileDescriptor pod(::open((folder_.path() / "pod").c_str(), O_RDONLY | O_DIRECTORY));
  const auto copied = copy_checkpoint(job(), found.front(), pod.get(), "epoch-0001.pt");
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().cls, ErrorClass::Conflict);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "pod"));
}

TEST_F(WatchTest, WhatOnePatternNamesIsBounded) {
  for (std::size_t i = 0; i <= kMostFoundPaths; ++i) put("many/" + std::to_string(i) + ".pt", "");
  EXPECT_EQ(job().find("many/*.pt", false).size(), kMostFoundPaths);
  for (std::size_t i = kMostFoundPaths; i <= kMostFolderFiles; ++i) put("many/" + std::to_string(i) + ".pt", "");
  const auto files = job().files_below("many");
  ASSERT_FALSE(files);
  EXPECT_NE(files.error().message.find("too many files"), std::string::npos);
}

TEST_F(WatchTest, AMetricFileThatIsTooLargeIsNotRead) {
  put("results.csv", "epoch,loss\n1,0.5\n");
  std::filesystem::resize_file(folder_.path() / "job/results.csv", kMaxMetricFileBytes + (1 << 20));
  contract::FrameworkReading reading;
  reading.metric_files = {{"results.csv", "CSV", 1}};
  auto reader = framework::RunReader::make(reading, 0, 0);
  ASSERT_TRUE(reader);
  MetricFiles files(reading.metric_files);
  EXPECT_FALSE(files.poll(job(), *reader, true, [](TimePoint) {}));
  EXPECT_EQ(files.take_refused().size(), 1U);
}

TEST_F(WatchTest, OrdinaryCheckpointsWaitForASidecarThatIsBehind) {
  std::filesystem::create_directories(folder_.path() / "pod");
  write_file(folder_.path() / "answers/sidecar.ready", "");
  std::vector<contract::CheckpointWritten> announced;
  Handover handover(
      {}, *PodCheckpoints::open(folder_.path() / "pod", folder_.path() / "answers"),
      [&](const auto& written) { announced.push_back(written); }, [](const auto&) {});
  auto watch = this->watch("last.pt");
  for (epoch_ = 1; epoch_ <= 5; ++epoch_) {
    put("last.pt", zip_of("epoch " + std::to_string(epoch_)));
    look(watch);
    handover.take(job(), watch, look(watch), {}, false);
  }
  ASSERT_EQ(announced.size(), 2U);
  write_file(folder_.path() / "answers/skipped/epoch-0001.pt", "");
  handover.take(job(), watch, look(watch), {}, false);
  ASSERT_EQ(announced.size(), 3U);
  EXPECT_EQ(announced.back().file, "epoch-0005.pt") << "the newest wins";
  const auto last = handover.finish(job(), watch, {});
  ASSERT_TRUE(last);
  EXPECT_TRUE(announced.back().final && announced.back().best);
  EXPECT_EQ(announced.back().file, "epoch-0005.pt");
}

TEST(ByteQueue, OfTooMuchTheOldestGoesAndIsCounted) {
  ByteQueue queue(10);
  queue.put(1, "12345678", {});
  EXPECT_FALSE(queue.has_room(3));
  queue.put(2, "abc", {});
  queue.put(1, "d", {});
  auto pieces = queue.take(Duration{0});
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].bytes, "abc");
  EXPECT_EQ(pieces[0].lost, 8);
  EXPECT_EQ(pieces[1].bytes, "d");
  EXPECT_EQ(pieces[1].lost, 0);
  queue.put(1, "x", {});
  queue.put(1, "0123456789ab", {});
  queue.close();
  pieces = queue.take(Duration{0});
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(pieces[0].bytes, "23456789ab");
  EXPECT_EQ(pieces[0].lost, 3);
  EXPECT_TRUE(queue.over());
}

TEST(TarFile, IsWhatTarReads) {
  Folder folder;
  const std::string name = std::string(90, 'd') + "/" + std::string(95, 'f');
  const auto header = tar_header(name, 5);
  ASSERT_TRUE(header);
  write_file(folder.path() / "a.tar", *header + "12345" + tar_padding(5) + tar_end());
  Started tar("/bin/tar", {"-xOf", (folder.path() / "a.tar").string(), name}, {}, folder.path() / "out",
              folder.path() / "err");
  EXPECT_EQ(tar.wait(), 0) << read_file(folder.path() / "err");
  EXPECT_EQ(read_file(folder.path() / "out"), "12345");
  EXPECT_FALSE(tar_header(std::string(101, 'f'), 5));
}

TEST(TarFile, SizesBeyondEightGibibytesAreInBase256) {
  const auto header = tar_header("a", std::int64_t{9} << 30);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->substr(124, 12), std::string("\x80\0\0\0\0\0\0\x02\x40\0\0\0", 12));
}

TEST(EpochTimes, AFileIsOfTheEpochThatWasCompleteWhenItWasWritten) {
  const auto at = [](int ms) { return TimePoint{Duration{1'000'000 + ms}}; };
  EpochTimes times;
  times.note(at(10'000), 1);
  times.note(at(20'000), 2);
  times.note(at(20'500), 2);
  EXPECT_EQ(times.of(at(1'000)), 0);
  EXPECT_EQ(times.of(at(10'100)), 1);
  EXPECT_EQ(times.of(at(17'000)), 1);
  EXPECT_EQ(times.of(at(19'000)), 2) << "the line was read late";
  EXPECT_EQ(times.of(at(90'000)), 2);
  times.note(at(30'000), 3);
  times.note_file(at(29'000), 3);
  EXPECT_EQ(times.of(at(29'100)), 3) << "its row stood in the file before its line was read";
  times.note_file(at(15'000), 3);
  EXPECT_EQ(times.of(at(16'000)), 1) << "no epoch ends before the one before it";
}

TEST(MainMetric, IsAQualityBeforeALoss) {
  EXPECT_EQ(main_metric({{"train/loss", 1}, {"metrics/mAP50(B)", 1}, {"metrics/mAP50-95(B)", 1}}),
            "metrics/mAP50-95(B)");
  EXPECT_EQ(main_metric({{"train_loss", 1}, {"eval_loss", 1}}), "eval_loss");
  EXPECT_EQ(main_metric({{"x", 1}}), "");
}

// What Python 3.11 printed on SIGABRT with PYTHONFAULTHANDLER=1.
constexpr const char* kStacks =
    "starting\nFatal Python error: Aborted\n\nThread 0x00007fe6b27856c0 (most recent call first):\n"
    "  File \"/usr/lib/python3.11/threading.py\", line 331 in wait\n  File \"train.py\", line 5 in worker\n\n"
    "Current thread 0x00007fe6b31ddb80 (most recent call first):\n"
    "  File \"/usr/lib/python3.11/threading.py\", line 327 in wait\n"
    "  File \"/usr/lib/python3.11/site-packages/torch/loader.py\", line 3 in next\n"
    "  File \"train.py\", line 8 in <module>\n\nExtension modules: numpy (total: 1)\n";

TEST(StuckFrame, IsTheInnermostThatIsNotOfTheStandardLibrary) {
  EXPECT_EQ(stuck_frame(kStacks), "File \"/usr/lib/python3.11/site-packages/torch/loader.py\", line 3 in next");
  EXPECT_EQ(
      stuck_frame("Current thread 0x1 (most recent call first):\n  File \"/lib/python3.9/ssl.py\", line 1 in read"),
      "File \"/lib/python3.9/ssl.py\", line 1 in read");
  EXPECT_EQ(stuck_frame("Aborted\n"), "");
}

TEST(OutOfMemory, TheCounterIsReadInBothVersionsOfControlGroups) {
  Folder folder;
  write_file(folder.path() / "proc/self/cgroup", "3:cpu,cpuacct:/x\n2:memory:/pod/c\n1:name=systemd:/x\n");
  write_file(folder.path() / "sys/fs/cgroup/memory/pod/c/memory.oom_control",
             "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n");
  EXPECT_EQ(oom_kills(folder.path()), 4);
  write_file(folder.path() / "proc/self/cgroup", "0::/pod/c\n");
  write_file(folder.path() / "sys/fs/cgroup/memory.events",
             "low 0\nhigh 0\nmax 9\noom 3\noom_kill 2\noom_group_kill 0\n");
  EXPECT_EQ(oom_kills(folder.path()), 2) << "in a container the group is the root";
  write_file(folder.path() / "proc/self/cgroup", "");
  EXPECT_EQ(oom_kills(folder.path()), 0);
}

}  // namespace
}  // namespace visionops::exec
