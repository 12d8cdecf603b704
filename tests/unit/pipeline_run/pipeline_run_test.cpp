// The worker as the operator runs it: a process with an environment, killed at bad moments.
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "tests/unit/pipeline_run/worker_process.h"
#include "tests/unit/publish/street_stores.h"
#include "worker/contract/run_result.h"
#include "worker/contract/telemetry.h"

namespace visionops::pipeline::test {
namespace {

class WorkerRun {
 public:
  explicit WorkerRun(const StreetStores& street, contract::PipelineRun run) : street_(street) {
    contract::RunSpec spec;
    spec.owner = {"Pipeline", "default", "fusion", "uid-1", 1, 1};
    spec.pipeline = std::move(run);
    spec_ = contract::encode(spec);
  }
  pid_t start(int shard = -1, const std::vector<std::string>& more = {}) {
    fs::create_directories(street_.root() / "pod");
    std::map<std::string, std::string> environment{
        {contract::kRunEnv, spec_},
        {contract::kStoresEnv, street_.stores().string()},
        {contract::kPodDirEnv, (street_.root() / "pod").string()},
        {contract::kTerminationLogEnv, (street_.root() / "result").string()}};
    if (shard >= 0) environment[contract::kShardEnv] = std::to_string(shard);
    std::vector<std::string> arguments{"pipeline"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return start_worker(arguments, environment, log());
  }
  int finish(int shard = -1) { return wait_for(start(shard)); }
  [[nodiscard]] std::string log() const { return (street_.root() / "log").string(); }
  [[nodiscard]] contract::RunResult result() const {
    return contract::decode_run_result(read_file(street_.root() / "result")).value_or(contract::RunResult{});
  }

 private:
  const StreetStores& street_;
  std::string spec_;
};

TEST(WorkerProcess, LeavesItsResultInTheTerminationLogAndProgressInTheTelemetry) {
  const StreetStores street;
  WorkerRun worker(street, street.run());
  ASSERT_EQ(worker.finish(), 0) << read_file(worker.log());
  const auto result = worker.result();
  ASSERT_TRUE(result.dataset && result.pipeline);
  EXPECT_EQ(result.dataset->images, 9);
  EXPECT_LE(read_file(street.root() / "result").size(), contract::kMaxResultBytes);
  std::istringstream lines(read_file(street.root() / "pod" / contract::kTelemetryFile));
  std::set<std::string> stages;
  for (std::string line; std::getline(lines, line);) {
    const auto decoded = contract::decode_telemetry_line(line);
    ASSERT_TRUE(decoded) << line;
    if (decoded->progress) stages.insert(decoded->progress->stage);
  }
  EXPECT_EQ(stages, (std::set<std::string>{"AnnotationProcessing", "ImageWriting", "Publishing"}));
}

TEST(WorkerProcess, ExitCodesTellRefusalsApart) {
  const StreetStores street;
  auto run = street.run();
  run.sources[0].dataset.path = "raw/none";
  WorkerRun missing(street, run);
  EXPECT_EQ(missing.finish(), 3);
  ASSERT_TRUE(missing.result().error);
  EXPECT_EQ(missing.result().error->failure_class, "InputMissing");
  run = street.run();
  run.post_merge = {{"rotate_180", {}}};
  WorkerRun wrong(street, run);
  EXPECT_EQ(wrong.finish(), 2);
  run = street.run();
  WorkerRun good(street, run);
  EXPECT_EQ(good.finish(), 0);
  run.seed = 1;
  WorkerRun other(street, run);
  EXPECT_EQ(other.finish(), 4);
}

TEST(WorkerProcess, ExplainPrintsThePlanAndLeavesNoTrace) {
  const StreetStores street;
  WorkerRun worker(street, street.run());
  EXPECT_EQ(wait_for(worker.start(-1, {"--explain"})), 0);
  EXPECT_NE(read_file(worker.log()).find("plan sha256:"), std::string::npos);
  EXPECT_FALSE(fs::exists(street.store() / "fusion"));
  EXPECT_FALSE(fs::exists(street.root() / "result"));
}

TEST(WorkerProcess, ATerminatedRunSaysSoAndTheNextOneFinishes) {
  const StreetStores street(60, 400);
  WorkerRun worker(street, street.run());
  const pid_t child = worker.start();
  while (!fs::exists(street.output() / "images")) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  ::kill(child, SIGTERM);
  EXPECT_EQ(wait_for(child), 143) << read_file(worker.log());
  EXPECT_EQ(worker.finish(), 0) << read_file(worker.log());
}

TEST(WorkerProcess, ASiblingProgramThatIsMissingIsNamed) {
  const TemporaryFolder folder;
  const auto copy = folder.path() / "visionops-worker";
  fs::copy_file(std::string(VISIONOPS_BIN_DIR) + "/visionops-worker", copy);
  const pid_t child = ::fork();
  if (child == 0) {
    const int file = ::open((folder.path() / "log").c_str(), O_WRONLY | O_CREAT, 0644);
    ::dup2(file, 2);
    ::execl(copy.c_str(), "visionops-worker", "train", nullptr);
    ::_exit(126);
  }
  EXPECT_EQ(wait_for(child), 127);
  EXPECT_NE(read_file(folder.path() / "log").find("visionops-train"), std::string::npos);
}

/// The files of a version without its manifest, which names version and inputs, and the manifest's digest.
std::map<std::string, std::string> content_of(const fs::path& folder) {
  auto files = StreetStores::files(folder);
  EXPECT_TRUE(files.count("manifest.json"));
  files.erase("manifest.json");
  return files;
}

/// Kills a worker after a random time until it finishes undisturbed; returns how often it was killed.
int run_with_kills(WorkerRun& worker, int shard, int kills, std::chrono::microseconds undisturbed,
                   std::mt19937& random) {
  int killed = 0;
  for (int attempt = 0; attempt < kills; ++attempt) {
    const pid_t child = worker.start(shard);
    const auto longest = static_cast<std::uint64_t>(undisturbed.count());
    std::this_thread::sleep_for(std::chrono::microseconds(random() % longest));
    ::kill(child, SIGKILL);
    if (wait_for(child) == 128 + SIGKILL) ++killed;
  }
  EXPECT_EQ(worker.finish(shard), 0) << read_file(worker.log());
  return killed;
}

TEST(KilledWorker, TwentyKillsAtRandomMomentsLeaveTheSameDatasetAndNoStrayFile) {
  std::mt19937 random(20261121);
  const StreetStores street(40, 300);
  WorkerRun undisturbed(street, street.run("v1.0.0"));
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(undisturbed.finish(), 0) << read_file(undisturbed.log());
  const auto time = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  const auto expected = content_of(street.output("v1.0.0"));
  const auto digest = undisturbed.result().dataset->digest;

  int killed = 0;
  for (int round = 0; round < 5; ++round) {
    const std::string version = "v1.0." + std::to_string(round + 1);
    WorkerRun worker(street, street.run(version));
    // Short of the whole run, so that most kills hit; what earlier attempts wrote makes later ones shorter.
    killed += run_with_kills(worker, -1, 4, time / (round + 1), random);
    EXPECT_EQ(worker.result().dataset->digest, digest);
    EXPECT_EQ(content_of(street.output(version)), expected);
  }
  EXPECT_GE(killed, 10) << "too few kills hit a living worker to prove anything";
}

TEST(KilledWorker, TwoKilledShardsMakeTheSameDatasetAsOneProcess) {
  std::mt19937 random(7);
  const StreetStores street(40, 300);
  WorkerRun alone(street, street.run("v1.0.0"));
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(alone.finish(), 0) << read_file(alone.log());
  const auto time = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  auto run = street.run("v1.0.1");
  run.shards = 2;
  WorkerRun worker(street, run);
  run_with_kills(worker, 1, 3, time, random);
  EXPECT_FALSE(fs::exists(street.output("v1.0.1") / "manifest.json"));
  run_with_kills(worker, 0, 3, time, random);
  EXPECT_EQ(content_of(street.output("v1.0.1")), content_of(street.output("v1.0.0")));
}

TEST(KilledWorker, ShardsAtTheSameTimeMakeTheSameDataset) {
  const StreetStores street(40, 300);
  WorkerRun alone(street, street.run("v1.0.0"));
  ASSERT_EQ(alone.finish(), 0) << read_file(alone.log());
  auto run = street.run("v1.0.1");
  run.shards = 3;
  WorkerRun worker(street, run);
  std::vector<pid_t> children;
  for (int shard = 0; shard < 3; ++shard) children.push_back(worker.start(shard));
  for (const pid_t child : children) EXPECT_EQ(wait_for(child), 0) << read_file(worker.log());
  EXPECT_EQ(content_of(street.output("v1.0.1")), content_of(street.output("v1.0.0")));
}

}  // namespace
}  // namespace visionops::pipeline::test
