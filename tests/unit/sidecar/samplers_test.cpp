#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <set>
#include <utility>

#include "tests/unit/sidecar/folder.h"
#include "worker/sidecar/cursor.h"
#include "worker/sidecar/gpu_sampler.h"
#include "worker/sidecar/process_sampler.h"
#include "worker/sidecar/sidecar_config.h"
#include "worker/storage/local/stranger_folder.h"
#include "worker/telemetry_writer/telemetry_writer.h"

namespace visionops::sidecar {
namespace {

TEST(ProcessSampler, ReadsTheWorkerThatLeftItsNumber) {
  Folder folder;
  const auto pod = *storage::open_stranger_folder(folder.path());
  const SystemClock clock;
  const telemetry::TelemetryWriter writer(folder.path(), clock);
  const auto usage = sample_worker(*pod);
  ASSERT_TRUE(usage);
  EXPECT_GT(usage->memory_bytes, 1 << 20);
  EXPECT_GE(usage->cpu_seconds, 0);
}

TEST(ProcessSampler, KnowsNothingOfAnotherProcessWithTheSameNumber) {
  Folder folder;
  const auto pod = *storage::open_stranger_folder(folder.path());
  EXPECT_FALSE(sample_worker(*pod)) << "no worker yet";
  write_file(folder.path() / "worker.pid", std::to_string(::getpid()) + " 1\n");
  EXPECT_FALSE(sample_worker(*pod)) << "another start time";
  write_file(folder.path() / "worker.pid", "not a number\n");
  EXPECT_FALSE(sample_worker(*pod));
  write_file(folder.path() / "worker.pid", std::to_string(::getpid()) + "\n");
  EXPECT_FALSE(sample_worker(*pod)) << "half a line";
}

TEST(ProcessSampler, ReadsTheFieldsBehindACommandNameWithSpaces) {
  Folder folder;
  const auto pod = *storage::open_stranger_folder(folder.path());
  write_file(folder.path() / "worker.pid", "42 777\n");
  write_file(folder.path() / "proc/42/stat",
             "42 (a ) b) S 1 42 42 0 -1 0 0 0 0 0 150 50 0 0 20 0 1 0 777 1000000 256 0\n");
  const auto usage = sample_worker(*pod, folder.path() / "proc");
  ASSERT_TRUE(usage);
  EXPECT_DOUBLE_EQ(usage->cpu_seconds, 200.0 / static_cast<double>(::sysconf(_SC_CLK_TCK)));
  EXPECT_EQ(usage->memory_bytes, 256 * ::sysconf(_SC_PAGESIZE));
}

TEST(ProcessSampler, NeverWaitsForAFileThatIsNone) {
  Folder folder;
  const auto pod = *storage::open_stranger_folder(folder.path());
  ASSERT_EQ(::mkfifo((folder.path() / "worker.pid").c_str(), 0600), 0);
  EXPECT_FALSE(sample_worker(*pod));
  std::filesystem::remove(folder.path() / "worker.pid");
  write_file(folder.path() / "worker.pid", std::string(100'000, '1'));
  EXPECT_FALSE(sample_worker(*pod)) << "no number is that long";
}

TEST(GpuSampler, GivesOneNamedSampleAGpuOrNone) {
  GpuSampler sampler;
  const auto samples = sampler.sample(TimePoint{Duration{5}});
  if (!sampler.available()) {
    EXPECT_TRUE(samples.empty());
    return;
  }
  std::set<std::int32_t> indices;
  for (const auto& sample : samples) {
    EXPECT_FALSE(sample.gpu_name.empty());
    EXPECT_GT(sample.gpu_memory_bytes, 0);
    EXPECT_LE(sample.gpu_utilization_ratio, 1);
    EXPECT_TRUE(indices.insert(sample.gpu_index).second);
  }
  EXPECT_FALSE(samples.empty());
}

TEST(Cursor, SurvivesARestartWithASequenceThatWasNeverUsed) {
  Folder folder;
  const auto own = *storage::open_local_store(folder.path(), storage::Durability::Cached);
  EXPECT_EQ(load_cursor(*own), Cursor{});
  ASSERT_TRUE(save_cursor(*own, {1234, 56}).ok());
  const auto loaded = load_cursor(*own);
  EXPECT_EQ(loaded.offset, 1234);
  EXPECT_GT(loaded.sequence, 56 + 100);
  write_file(folder.path() / "cursor", "garbage");
  EXPECT_EQ(load_cursor(*own), Cursor{});
}

TEST(SidecarConfig, NamesTheVariableThatIsWrong) {
  Folder folder;
  std::map<std::string, std::string> environment{{"VISIONOPS_POD_DIR", folder.path().string()},
                                                 {"VISIONOPS_ANSWERS_DIR", folder.path().string()},
                                                 {"VISIONOPS_SIDECAR_DIR", folder.path().string()}};
  const auto read = [&environment] {
    return read_config([&environment](const char* name) {
      const auto it = environment.find(name);
      return it == environment.end() ? nullptr : it->second.c_str();
    });
  };
  auto config = read();
  ASSERT_FALSE(config.ok());
  EXPECT_NE(config.error().message.find("VISIONOPS_RUN"), std::string::npos);
  contract::RunSpec run;
  run.owner = {"TrainingJob", "default", "detector", "uid", 1, 1};
  run.train.emplace();
  run.train->model = "centernet_nano";
  run.train->train = {"train", "datasets", "raw/x/train/v1.0.0", Format("COCO"), Split::Train, "v1.0.0", ""};
  run.train->checkpoint_store = "models";
  run.train->checkpoint_path = "runs/detector-1";
  environment["VISIONOPS_RUN"] = contract::encode(run);
  environment["VISIONOPS_TELEMETRY_URL"] = "http://127.0.0.1:1/telemetry";
  config = read();
  ASSERT_FALSE(config.ok());
  EXPECT_NE(config.error().message.find("VISIONOPS_POD_NAME"), std::string::npos) << config.error().message;
  environment["VISIONOPS_POD_NAME"] = "pod-0";
  EXPECT_TRUE(read().ok());
  for (const char* name : {"VISIONOPS_POD_DIR", "VISIONOPS_ANSWERS_DIR", "VISIONOPS_SIDECAR_DIR"}) {
    const auto good = std::exchange(environment[name], (folder.path() / "missing").string());
    config = read();
    ASSERT_FALSE(config.ok()) << name;
    EXPECT_NE(config.error().message.find(name), std::string::npos) << config.error().message;
    environment[name] = good;
  }
}

}  // namespace
}  // namespace visionops::sidecar
