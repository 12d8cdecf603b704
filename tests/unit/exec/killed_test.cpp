// kill -9 while checkpoints are copied: what lies under a name is whole, and what was half written goes.
#include <algorithm>
#include <cstdlib>
#include <random>

#include "tests/unit/exec/started.h"
#include "tests/unit/exec/zip_file.h"
#include "worker/contract/run_spec.h"
#include "worker/storage/beneath/new_file.h"

namespace visionops::exec {
namespace {

constexpr int kRounds = 15;  // VISIONOPS_KILL_ROUNDS=1000 for the long way
constexpr std::size_t kBytes = std::size_t{48} << 20;

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder, bool temporary) {
  std::vector<std::filesystem::path> out;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const bool ours = entry.path().filename().string().starts_with(storage::kTemporaryPrefix);
    if (ours == temporary && entry.is_regular_file(ignored)) out.push_back(entry.path());
  }
  return out;
}

/// Looks more often than a copy takes; one that was over in between counts as well.
bool copy_begins(const std::filesystem::path& folder) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < deadline) {
    if (!files_in(folder, true).empty() || !files_in(folder, false).empty()) return true;
    std::this_thread::sleep_for(std::chrono::microseconds(300));
  }
  return false;
}

contract::RunSpec endless_run(const std::filesystem::path& zip) {
  contract::RunSpec spec;
  spec.owner = {"TrainingJob", "default", "detector", "job-uid", 1, 1, "0123abcd"};
  auto& run = spec.train.emplace();
  run.model = "yolo";
  run.train = {"train", "datasets", "raw/x/train/v1.0.0", Format("COCO"), Split::Train, "v1.0.0", ""};
  auto& framework = run.framework.emplace();
  framework.runtime = "script";
  framework.command = {"/bin/sh train.sh"};
  framework.files = {{"train.sh", "cat " + zip.string() + " > last.pt; exec sleep 600"}};
  contract::CheckpointRule rule;
  rule.path = "last.pt";
  framework.reading.checkpoints = {rule};
  return spec;
}

TEST(Killed, NoFileUnderANameIsEverHalfWritten) {
  const char* asked = std::getenv("VISIONOPS_KILL_ROUNDS");
  const int rounds = asked != nullptr ? std::atoi(asked) : kRounds;
  const Folder folder;
  const auto pod = folder.path() / "pod";
  std::filesystem::create_directories(pod);
  const auto whole = zip_of(std::string(kBytes, 'w'));
  write_file(folder.path() / "whole.zip", whole);
  const auto spec = endless_run(folder.path() / "whole.zip");
  std::mt19937 random(7);
  int in_the_middle = 0;
  for (int round = 0; round < rounds; ++round) {
    Started program(exec_program(), {},
                    {{"VISIONOPS_RUN", contract::encode(spec)},
                     {"VISIONOPS_POD_DIR", pod.string()},
                     {"VISIONOPS_ANSWERS_DIR", (folder.path() / "answers").string()},
                     {"VISIONOPS_TERMINATION_LOG", (folder.path() / "result").string()}},
                    folder.path() / "out", folder.path() / "err");
    ASSERT_TRUE(copy_begins(pod / "checkpoints")) << read_file(folder.path() / "err");
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
    program.send(SIGKILL);
    program.wait();
    in_the_middle += files_in(pod / "checkpoints", true).empty() ? 0 : 1;
    for (const auto& file : files_in(pod / "checkpoints", false)) {
      ASSERT_EQ(file.filename(), "epoch-0001.pt");
      ASSERT_TRUE(read_file(file) == whole) << "round " << round;
    }
    std::filesystem::remove(pod / "checkpoints/epoch-0001.pt");
  }
  RecordProperty("in_the_middle", in_the_middle);
  EXPECT_GT(in_the_middle, 0) << "no copy was hit: nothing was tried";
  Started last(exec_program(), {},
               {{"VISIONOPS_RUN", contract::encode(spec)},
                {"VISIONOPS_POD_DIR", pod.string()},
                {"VISIONOPS_ANSWERS_DIR", (folder.path() / "answers").string()}},
               folder.path() / "out", folder.path() / "err");
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(pod / "checkpoints/epoch-0001.pt"); }));
  last.send(SIGTERM);
  EXPECT_EQ(last.wait(), 143);
  for (const char* name : {"", "checkpoints", "job"}) {
    EXPECT_TRUE(files_in(pod / name, true).empty()) << "something half written stayed in " << name;
  }
}

}  // namespace
}  // namespace visionops::exec
