// The program itself, with a real operator endpoint and real files.
#include <signal.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/digest.h"
#include "base/fields/field_table.h"
#include "base/json.h"
#include "operator/telemetry/ingest.h"
#include "tests/unit/sidecar/folder.h"
#include "worker/contract/sidecar_word.h"
#include "worker/telemetry_writer/telemetry_writer.h"

namespace visionops::sidecar {
namespace {

bool wait_until(const std::function<bool()>& condition, std::chrono::seconds limit = std::chrono::seconds(20)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < deadline) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

class SidecarProcessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const auto& folder : {pod_dir(), answers_dir(), own_dir()}) std::filesystem::create_directories(folder);
    std::filesystem::create_directories(folder_.path() / "stores/models");
    write_file(folder_.path() / "token", "good\n");
    open_door();
  }
  void TearDown() override {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }

  void open_door(std::uint16_t port = 0) {
    telemetry::IngestOptions options;
    options.port = port;
    options.rate = {100, 1000, 100};
    options.log = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::null_sink_mt>());
    auto door = telemetry::Ingest::start(
        std::move(options),
        [this](const std::string& token) -> std::optional<telemetry::PodIdentity> {
          if (token != "good") return std::nullopt;
          const std::lock_guard lock(mutex_);
          return telemetry::PodIdentity{"default", "pod-0", "pod-uid", owner_};
        },
        [this](contract::TelemetryMessage message) {
          const std::lock_guard lock(mutex_);
          messages_.push_back(std::move(message));
          return telemetry::Taken::Yes;
        });
    ASSERT_TRUE(door.ok()) << door.error().message;
    door_ = std::move(*door);
    url_ = door_->url();
  }

  contract::RunSpec training() const {
    contract::RunSpec run;
    run.owner = {"TrainingJob", "default", "detector", "job-uid", 1, 1};
    run.train.emplace();
    run.train->model = "centernet_nano";
    run.train->train = {"train", "datasets", "raw/x/train/v1.0.0", Format("COCO"), Split::Train, "v1.0.0", ""};
    run.train->checkpoint_store = "models";
    run.train->checkpoint_path = "runs/detector-1";
    return run;
  }

  void start(const contract::RunSpec& run) {
    {
      const std::lock_guard lock(mutex_);
      owner_ = run.owner;
    }
    const std::vector<std::string> environment{"VISIONOPS_RUN=" + contract::encode(run),
                                               "VISIONOPS_POD_DIR=" + pod_dir().string(),
                                               "VISIONOPS_ANSWERS_DIR=" + answers_dir().string(),
                                               "VISIONOPS_SIDECAR_DIR=" + own_dir().string(),
                                               "VISIONOPS_TERMINATION_LOG=" + (folder_.path() / "word").string(),
                                               "VISIONOPS_STORES=" + (folder_.path() / "stores").string(),
                                               "VISIONOPS_POD_NAME=pod-0",
                                               "VISIONOPS_TELEMETRY_URL=" + url_,
                                               "VISIONOPS_TELEMETRY_TOKEN_FILE=" + (folder_.path() / "token").string()};
    std::vector<char*> envp;
    for (const auto& entry : environment) envp.push_back(const_cast<char*>(entry.c_str()));
    envp.push_back(nullptr);
    const std::string program = std::string(VISIONOPS_BIN_DIR) + "/visionops-sidecar";
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close_range(3, ~0U, 0);  // as a container runtime does: cpprest's sockets would be inherited
      ::execle(program.c_str(), program.c_str(), nullptr, envp.data());
      ::_exit(127);
    }
    ASSERT_TRUE(wait_until([this] { return std::filesystem::exists(answers_dir() / "sidecar.ready"); }));
  }
  /// What it does when the worker container has ended; the exit code.
  int stop() {
    ::kill(pid_, SIGTERM);
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  void kill_hard() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    std::filesystem::remove(answers_dir() / "sidecar.ready");
  }
  void metrics(telemetry::TelemetryWriter& writer, std::int64_t first, std::int64_t last) const {
    for (auto step = first; step <= last; ++step) {
      contract::MetricPoint point;
      point.name = "loss";
      point.step = step;
      point.value = 0.5;
      point.at = TimePoint{std::chrono::seconds(1'790'000'000 + step)};
      writer.metric(point);
    }
  }
  std::map<std::int64_t, int> received_steps() {
    const std::lock_guard lock(mutex_);
    std::map<std::int64_t, int> steps;
    for (const auto& message : messages_) {
      for (const auto& point : message.metrics) ++steps[point.step];
    }
    return steps;
  }
  std::vector<contract::TelemetryMessage> messages() {
    const std::lock_guard lock(mutex_);
    return messages_;
  }
  bool received(const std::function<bool(const contract::TelemetryMessage&)>& what) {
    const std::lock_guard lock(mutex_);
    return std::any_of(messages_.begin(), messages_.end(), what);
  }
  contract::CheckpointWritten checkpoint(std::int32_t epoch, bool best, bool final) const {
    contract::CheckpointWritten written;
    written.file = "epoch-000" + std::to_string(epoch) + ".pt";
    written.epoch = epoch;
    written.best = best;
    written.final = final;
    write_file(pod_dir() / "checkpoints" / written.file, "weights " + std::to_string(epoch));
    return written;
  }
  [[nodiscard]] std::filesystem::path pod_dir() const { return folder_.path() / "pod"; }
  [[nodiscard]] std::filesystem::path answers_dir() const { return folder_.path() / "answers"; }
  [[nodiscard]] std::filesystem::path own_dir() const { return folder_.path() / "own"; }
  contract::SidecarWord word() const {
    return contract::decode_sidecar_word(read_file(folder_.path() / "word")).value_or(contract::SidecarWord{});
  }

  Folder folder_;
  SystemClock clock_;
  std::mutex mutex_;
  contract::RunOwner owner_;
  std::vector<contract::TelemetryMessage> messages_;
  std::unique_ptr<telemetry::Ingest> door_;
  std::string url_;
  pid_t pid_ = -1;
};

TEST_F(SidecarProcessTest, DeliversATrainingFromTheFirstLineToTheFinalMessage) {
  start(training());
  {
    telemetry::TelemetryWriter writer(pod_dir(), clock_);
    writer.progress({"Training", 1, 10, 1, 3});
    metrics(writer, 1, 20);
    writer.event("learning rate halved");
    writer.checkpoint(checkpoint(3, true, true));
  }
  ASSERT_TRUE(wait_until([this] { return std::filesystem::exists(answers_dir() / "stored/epoch-0003.pt.json"); }));
  ASSERT_TRUE(wait_until([this] { return received([](const auto& m) { return !m.samples.empty(); }); }));
  EXPECT_EQ(stop(), 0);
  EXPECT_EQ(received_steps().size(), 20U);
  EXPECT_TRUE(received([](const auto& m) { return m.progress && m.progress->epochs == 3; }));
  EXPECT_TRUE(received(
      [](const auto& m) { return std::count(m.events.begin(), m.events.end(), "learning rate halved") == 1; }));
  EXPECT_TRUE(received([](const auto& m) {
    return m.checkpoints.size() == 1 && m.checkpoints[0].path == "runs/detector-1/epoch-0003.pt" &&
           m.checkpoints[0].sha256 == sha256_hex("weights 3");
  }));
  EXPECT_TRUE(received([](const auto& m) { return !m.samples.empty() && m.samples[0].memory_bytes > 0; }));
  EXPECT_TRUE(messages().back().final);
  EXPECT_EQ(read_file(folder_.path() / "stores/models/runs/detector-1/best.pt"), "weights 3");
  ASSERT_TRUE(word().model);
  EXPECT_EQ(word().model->path, "runs/detector-1/epoch-0003.pt");
  EXPECT_EQ(word().model->sha256, sha256_hex("weights 3"));
  EXPECT_EQ(word().owner_uid, "job-uid");
  std::int64_t last = -1;
  for (const auto& message : messages()) {
    EXPECT_GT(message.sequence, last);
    last = message.sequence;
  }
}

TEST_F(SidecarProcessTest, DrainsWhatWasWrittenJustBeforeTheEnd) {
  start(training());
  {
    telemetry::TelemetryWriter writer(pod_dir(), clock_);
    metrics(writer, 1, 1200);
    writer.checkpoint(checkpoint(1, false, true));
  }
  EXPECT_EQ(stop(), 0);
  EXPECT_EQ(received_steps().size(), 1200U);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "stores/models/runs/detector-1/epoch-0001.json"));
  EXPECT_TRUE(messages().back().final);
}

TEST_F(SidecarProcessTest, LosesNothingWhenItIsKilledAndStartedAgain) {
  start(training());
  telemetry::TelemetryWriter writer(pod_dir(), clock_);
  metrics(writer, 1, 50);
  ASSERT_TRUE(wait_until([this] { return received_steps().size() == 50; }));
  metrics(writer, 51, 90);
  writer.checkpoint(checkpoint(1, true, false));
  kill_hard();
  metrics(writer, 91, 100);
  start(training());
  ASSERT_TRUE(wait_until([this] { return received_steps().size() == 100; }));
  EXPECT_EQ(stop(), 0);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "stores/models/runs/detector-1/epoch-0001.json"));
  std::map<std::int64_t, int> sequences;
  for (const auto& message : messages()) ++sequences[message.sequence];
  for (const auto& [sequence, count] : sequences) EXPECT_EQ(count, 1) << "sequence " << sequence << " means two things";
}

TEST_F(SidecarProcessTest, KeepsEverythingWhileTheOperatorIsAway) {
  start(training());
  telemetry::TelemetryWriter writer(pod_dir(), clock_);
  metrics(writer, 1, 10);
  ASSERT_TRUE(wait_until([this] { return received_steps().size() == 10; }));
  const auto port = static_cast<std::uint16_t>(std::stoi(url_.substr(url_.rfind(':') + 1)));
  door_.reset();
  metrics(writer, 11, 200);
  writer.checkpoint(checkpoint(1, true, false));
  ASSERT_TRUE(wait_until([this] { return std::filesystem::exists(answers_dir() / "stored/epoch-0001.pt.json"); }))
      << "checkpoints do not wait for the operator";
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  open_door(port);
  EXPECT_TRUE(wait_until([this] { return received_steps().size() == 200; }));
  EXPECT_TRUE(wait_until([this] { return received([](const auto& m) { return !m.checkpoints.empty(); }); }));
  EXPECT_EQ(stop(), 0);
}

TEST_F(SidecarProcessTest, SurvivesLinesThatNobodyShouldWrite) {
  start(training());
  append_file(pod_dir() / "telemetry.jsonl",
              "not json\n{\"metric\": 5}\n" + std::string(200'000, 'x') +
                  "\n{\"checkpoint\": {\"file\": \"../../etc/passwd\", \"epoch\": 1}}\n");
  telemetry::TelemetryWriter writer(pod_dir(), clock_);
  metrics(writer, 1, 3);
  EXPECT_TRUE(wait_until([this] { return received_steps().size() == 3; }));
  EXPECT_EQ(stop(), 0);
  EXPECT_TRUE(
      received([](const auto& m) { return !m.events.empty() && m.events[0].find("malformed") != std::string::npos; }));
}

TEST_F(SidecarProcessTest, AHugeLineHoldsUpNothingAndIsTold) {
  start(training());
  append_file(pod_dir() / "telemetry.jsonl", std::string(200 << 20, 'x') + "\n");
  telemetry::TelemetryWriter writer(pod_dir(), clock_);
  metrics(writer, 1, 3);
  EXPECT_TRUE(wait_until([this] { return received_steps().size() == 3; }));
  EXPECT_EQ(stop(), 0);
  EXPECT_TRUE(received([](const auto& m) {
    return !m.events.empty() && m.events[0] == "telemetry lines of more than 64.0 KiB that are left out: 1 until now";
  }));
}

TEST_F(SidecarProcessTest, ATrainerThatOnlyClaimsToHaveStoredIsNotBorneOut) {
  start(training());
  telemetry::TelemetryWriter writer(pod_dir(), clock_);
  contract::CheckpointWritten claim;
  claim.file = "epoch-0003.pt";
  claim.epoch = 3;
  claim.best = claim.final = true;
  const contract::StoredCheckpoint forged{"runs/detector-1/epoch-0003.pt", std::string(64, 'a'), 5, 3};
  write_file(pod_dir() / "stored/epoch-0003.pt.json", dump_json(encode_fields(forged)));
  writer.checkpoint(claim);
  EXPECT_EQ(stop(), 0);
  EXPECT_FALSE(word().model);
  EXPECT_EQ(word().problem, "no checkpoint of this run is in the store");
  EXPECT_FALSE(received([](const auto& m) { return !m.checkpoints.empty(); }));
}

TEST_F(SidecarProcessTest, EndsInTimeWhateverLiesInTheTrainersFolder) {
  write_file(folder_.path() / "stores/models/runs/other-1/epoch-0001.pt", "another run's");
  const auto foreign = folder_.path() / "stores/models/runs/other-1/epoch-0001.pt";
  for (const char* name : {"sidecar.cursor", "sidecar.cursor.new", "cursor", "sidecar.ready", "stored"}) {
    std::filesystem::create_symlink(foreign, pod_dir() / name);
  }
  for (const char* name : {"telemetry.jsonl", "worker.pid", "checkpoints"}) {
    ASSERT_EQ(::mkfifo((pod_dir() / name).c_str(), 0600), 0);
  }
  start(training());
  std::this_thread::sleep_for(std::chrono::milliseconds(1'200));  // samples and saves in between
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(stop(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(read_file(foreign), "another run's");
  EXPECT_TRUE(received([](const auto& m) {
    return !m.events.empty() && m.events[0].find("telemetry.jsonl: is not a regular file") != std::string::npos;
  }));
}

TEST_F(SidecarProcessTest, OnlyForwardsProgressForAPipeline) {
  contract::RunSpec run;
  run.owner = {"Pipeline", "default", "fuse", "job-uid", 1, 1};
  run.pipeline.emplace();
  run.pipeline->sources.resize(1);
  run.pipeline->sources[0].dataset = {"a",      "datasets", "raw/a/train/v1.0.0", Format("COCO"), Split::Train,
                                      "v1.0.0", ""};
  run.pipeline->output = {"f", "datasets", "fusion/f/train/v1.0.0", Format("COCO"), Split::Train, "v1.0.0", ""};
  run.pipeline->output_group = "f";
  start(run);
  {
    telemetry::TelemetryWriter writer(pod_dir(), clock_);
    writer.progress({"ImageWriting", 10, 10, 0, 0});
  }
  EXPECT_EQ(stop(), 0);
  EXPECT_TRUE(received([](const auto& m) { return m.progress && m.progress->done == 10; }));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "word")) << "there is no model to speak of";
  EXPECT_TRUE(messages().back().final);
}

TEST_F(SidecarProcessTest, StaysSmall) {
  start(training());
  telemetry::TelemetryWriter writer(pod_dir(), clock_);
  metrics(writer, 1, 20'000);
  ASSERT_TRUE(wait_until([this] { return received_steps().contains(20'000); }, std::chrono::seconds(60)));
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  std::int64_t private_kib = 0, peak_kib = 0;
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) private_kib = std::stoll(line.substr(8));
    if (line.starts_with("VmHWM:")) peak_kib = std::stoll(line.substr(6));
  }
  RecordProperty("private_kib", std::to_string(private_kib));
  RecordProperty("peak_kib", std::to_string(peak_kib));
  std::cout << "sidecar: " << private_kib << " KiB private, " << peak_kib << " KiB resident at most\n";
#ifndef __SANITIZE_ADDRESS__
#ifndef __SANITIZE_THREAD__
  EXPECT_LE(peak_kib, 10 * 1024);
#endif
#endif
  EXPECT_EQ(stop(), 0);
}

}  // namespace
}  // namespace visionops::sidecar
