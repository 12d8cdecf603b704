// A script that behaves like a framework, beside the real sidecar with a store in a folder.
#include <algorithm>

#include "base/digest.h"
#include "base/json.h"
#include "tests/unit/exec/started.h"
#include "tests/unit/exec/zip_file.h"
#include "worker/contract/prepared_run.h"
#include "worker/contract/run_result.h"
#include "worker/contract/run_spec.h"
#include "worker/contract/sidecar_word.h"
#include "worker/contract/telemetry.h"

namespace visionops::exec {
namespace {

/// Writes what Ultralytics writes: a row, then last.pt in place, best.pt while the metric grows; at the end both again
/// without their optimizer.
constexpr const char* kTrainer = R"(
mkdir -p runs/train/weights
echo 'epoch,train/loss,metrics/mAP50-95(B)' > runs/train/results.csv
for epoch in 1 2 3; do
  sleep 0.8
  test $epoch = 3 && map=0.1 || map=0.$((epoch + 1))
  echo "$epoch,0.$((9 - epoch)),$map" >> runs/train/results.csv
  cat $ZIPS/full$epoch.zip > runs/train/weights/last.pt
  test $epoch = 3 || cat $ZIPS/full$epoch.zip > runs/train/weights/best.pt
done
sleep 0.8
cat $ZIPS/small3.zip > runs/train/weights/last.pt
cat $ZIPS/small2.zip > runs/train/weights/best.pt
echo '3 epochs completed in 0.001 hours.'
)";

class FrameworkRunTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"pod", "answers", "own", "stores/models", "zips"}) {
      std::filesystem::create_directories(path(name));
    }
    for (int epoch = 1; epoch <= 3; ++epoch) {
      write_file(path("zips") / ("full" + std::to_string(epoch) + ".zip"), full(epoch));
      write_file(path("zips") / ("small" + std::to_string(epoch) + ".zip"), small(epoch));
    }
    spec_.owner = {"TrainingJob", "default", "detector", "job-uid", 1, 1, "0123abcd"};
    auto& run = spec_.train.emplace();
    run.model = "yolo";
    run.train = {"train", "datasets", "raw/x/train/v1.0.0", Format("COCO"), Split::Train, "v1.0.0", ""};
    run.epochs = 3;
    run.checkpoint_store = "models";
    run.checkpoint_path = "checkpoints/default/detector/run-1";
    auto& framework = run.framework.emplace();
    framework.runtime = "script";
    framework.command = {"/bin/sh train.sh", "--data {data}", "--lr {lr}", "--name {name}"};
    framework.values = {{"lr", "0.1"}, {"name", "two words"}};
    framework.environment = {{"ZIPS", path("zips").string()}, {"JOB", "{job}"}, {"NONE", "{nothing}"}};
    framework.files = {{"train.sh", kTrainer}};
    framework.reading.metric_files = {{"runs/*/results.csv", "CSV", 1}};
    contract::CheckpointRule last;
    last.path = "runs/*/weights/last.pt";
    contract::CheckpointRule best;
    best.path = "runs/*/weights/best.pt";
    best.best = true;
    framework.reading.checkpoints = {last, best};
    framework.reading.finished = "epochs completed in";
  }

  static std::string full(int epoch) { return zip_of(std::string(60'000, static_cast<char>('0' + epoch))); }
  static std::string small(int epoch) { return zip_of(std::string(9'000, static_cast<char>('0' + epoch))); }
  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
  [[nodiscard]] std::filesystem::path stored(const std::string& name) const {
    return path("stores/models") / spec_.train->checkpoint_path / name;
  }
  [[nodiscard]] contract::FrameworkRun& framework() { return *spec_.train->framework; }
  void script(const std::string& text) { framework().files["train.sh"] = text; }
  void prepare(const contract::PreparedRun& prepared) const {
    write_file(path("pod/prepared.json"), contract::encode(prepared));
  }

  [[nodiscard]] Variables variables(const std::string& word) const {
    return {{"VISIONOPS_RUN", contract::encode(spec_)},
            {"VISIONOPS_POD_DIR", path("pod").string()},
            {"VISIONOPS_ANSWERS_DIR", path("answers").string()},
            {"VISIONOPS_SIDECAR_DIR", path("own").string()},
            {"VISIONOPS_STORES", path("stores").string()},
            {"VISIONOPS_POD_NAME", "pod-0"},
            {"VISIONOPS_GRACE_SECONDS", "2"},
            {"VISIONOPS_TERMINATION_LOG", path(word).string()}};
  }
  void start_sidecar() {
    sidecar_.emplace(std::string(VISIONOPS_BIN_DIR) + "/visionops-sidecar", std::vector<std::string>{},
                     variables("word"), path("sidecar.out"), path("sidecar.err"));
    ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(path("answers/sidecar.ready")); }));
  }
  void end_sidecar() {
    sidecar_->send(SIGTERM);
    EXPECT_EQ(sidecar_->wait(), 0) << read_file(path("sidecar.out"));
  }
  void start(const Variables& more = {}) {
    auto all = variables("result");
    for (const auto& [name, value] : more) all[name] = value;
    trainer_.emplace(exec_program(), std::vector<std::string>{}, all, path("out"), path("err"));
  }
  int run() {
    start();
    return trainer_->wait();
  }
  [[nodiscard]] contract::RunResult result() const {
    return contract::decode_run_result(read_file(path("result"))).value_or(contract::RunResult{});
  }
  [[nodiscard]] contract::SidecarWord word() const {
    return contract::decode_sidecar_word(read_file(path("word"))).value_or(contract::SidecarWord{});
  }
  [[nodiscard]] std::vector<contract::TelemetryLine> lines() const {
    std::vector<contract::TelemetryLine> out;
    std::istringstream text(read_file(path("pod/telemetry.jsonl")));
    for (std::string line; std::getline(text, line);) {
      auto parsed = contract::decode_telemetry_line(line);
      EXPECT_TRUE(parsed) << line;
      if (parsed) out.push_back(*std::move(parsed));
    }
    return out;
  }

  Folder folder_;
  contract::RunSpec spec_;
  std::optional<Started> sidecar_;
  std::optional<Started> trainer_;
};

TEST_F(FrameworkRunTest, AScriptBecomesAModelThatTheSidecarProves) {
  start_sidecar();
  EXPECT_EQ(run(), 0) << read_file(path("err"));
  end_sidecar();
  const auto facts = result().train;
  ASSERT_TRUE(facts) << read_file(path("result"));
  ASSERT_TRUE(word().model) << word().problem;
  EXPECT_EQ(result().identity, "0123abcd");
  EXPECT_EQ(facts->epochs, 3);
  EXPECT_EQ(facts->best_epoch, 2);
  EXPECT_EQ(facts->best_metric, "metrics/mAP50-95(B)");
  EXPECT_DOUBLE_EQ(facts->best_value, 0.3);
  EXPECT_FALSE(facts->early_stopped);
  // What the operator compares (core/training_job/proof.cpp).
  EXPECT_EQ(facts->model->path, word().model->path);
  EXPECT_EQ(facts->model->sha256, word().model->sha256);
  EXPECT_EQ(facts->last->path, word().last->path);
  EXPECT_EQ(facts->last->sha256, word().last->sha256);
  // The model is the stripped one, and what a resume needs is kept in full.
  EXPECT_EQ(word().model->sha256, sha256_hex(small(2)));
  EXPECT_TRUE(word().model->path.ends_with("/epoch-0002-model.pt")) << word().model->path;
  EXPECT_EQ(read_file(stored("best.pt")), small(2));
  EXPECT_EQ(read_file(stored("epoch-0003.pt")), full(3));
  EXPECT_EQ(word().last->sha256, sha256_hex(full(3)));
}

TEST_F(FrameworkRunTest, ItsMetricsBecomeTelemetry) {
  EXPECT_EQ(run(), 0) << read_file(path("err"));
  std::map<std::int32_t, double> map;
  for (const auto& line : lines()) {
    if (line.metric && line.metric->name == "metrics/mAP50-95(B)") map[line.metric->epoch] = line.metric->value;
  }
  EXPECT_EQ(map, (std::map<std::int32_t, double>{{1, 0.2}, {2, 0.3}, {3, 0.1}}));
  EXPECT_EQ(read_file(path("out")), "3 epochs completed in 0.001 hours.\n");
}

TEST_F(FrameworkRunTest, WithoutASidecarTheModelIsTheFileInThePod) {
  EXPECT_EQ(run(), 0) << read_file(path("err"));
  ASSERT_TRUE(result().train && result().train->model);
  EXPECT_EQ(result().train->model->path, (path("pod/checkpoints") / "epoch-0002-model.pt").string());
  EXPECT_EQ(result().train->model->sha256, sha256_hex(small(2)));
}

TEST_F(FrameworkRunTest, TheCommandIsFilledInAndStartedInTheJobsFolder) {
  script(
      "pwd; for word in \"$@\"; do echo \"<$word>\"; done; echo $JOB ${NONE-absent} ${VISIONOPS_RUN-absent}; exit 21");
  prepare({});
  EXPECT_EQ(run(), 21);
  const auto job = path("pod/job").string();
  EXPECT_EQ(read_file(path("out")), job + "\n<--lr>\n<0.1>\n<--name>\n<two words>\n" + job + " absent absent\n");
}

TEST_F(FrameworkRunTest, ACheckpointIsGoneOnFromByTheCommandForThat) {
  script("echo \"$@\"; exit 21");
  framework().resume_command = {"/bin/sh train.sh resume", "from={checkpoint}"};
  contract::PreparedRun prepared;
  prepared.checkpoint = "/somewhere/last.pt";
  prepared.resumed_from_epoch = 2;
  prepare(prepared);
  EXPECT_EQ(run(), 21);
  EXPECT_EQ(read_file(path("out")), "resume from=/somewhere/last.pt\n");
}

TEST_F(FrameworkRunTest, WhatHadEndedBeforeIsReportedAndNothingIsStarted) {
  script("echo started");
  contract::PreparedRun prepared;
  prepared.finished.emplace();
  prepared.finished->epochs = 3;
  prepare(prepared);
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(read_file(path("out")), "");
  ASSERT_TRUE(result().train);
  EXPECT_EQ(result().train->epochs, 3);
}

TEST_F(FrameworkRunTest, AFailureHasItsClassItsEvidenceAndTheTrainersExitCode) {
  script(
      "echo 'Traceback (most recent call last):' >&2; echo '  File \"train.py\", line 7, in <module>' >&2;"
      "echo \"ModuleNotFoundError: No module named 'timm'\" >&2; exit 1");
  EXPECT_EQ(run(), 1);
  ASSERT_TRUE(result().error) << read_file(path("result"));
  EXPECT_EQ(result().error->failure_class, "EnvironmentError");
  EXPECT_EQ(result().error->message, "ModuleNotFoundError: No module named 'timm'");
  EXPECT_NE(result().error->hint, "");
}

TEST_F(FrameworkRunTest, AProgramThatTheImageDoesNotHaveIsAFaultOfItsEnvironment) {
  framework().command = {"yolo detect train"};
  EXPECT_EQ(run(), 127);
  ASSERT_TRUE(result().error);
  EXPECT_EQ(result().error->failure_class, "EnvironmentError");
  EXPECT_EQ(result().error->field, "train.framework.command");
  EXPECT_TRUE(result().error->message.starts_with("yolo: there is no such program in this image"));
}

TEST_F(FrameworkRunTest, ExitCodeZeroBeforeTheLastEpochIsNoSuccess) {
  script("mkdir -p runs/a; printf 'epoch,train/loss\\n1,0.5\\n' > runs/a/results.csv; exit 0");
  EXPECT_NE(run(), 0);
  ASSERT_TRUE(result().error) << read_file(path("result"));
}

TEST_F(FrameworkRunTest, ALossThatIsNoNumberEndsWithTheCodeOfDiverged) {
  script(
      "mkdir -p runs/a; printf 'epoch,train/loss\\n1,0.5\\n2,nan\\n3,nan\\n' > runs/a/results.csv; echo "
      "'3 epochs completed in 1 hours.'");
  EXPECT_EQ(run(), 7);
  ASSERT_TRUE(result().error);
  EXPECT_EQ(result().error->failure_class, "NaN");
}

TEST_F(FrameworkRunTest, ASuccessWithoutACheckpointIsNone) {
  script(
      "mkdir -p runs/a; printf 'epoch,train/loss\\n1,0.5\\n2,0.4\\n3,0.3\\n' > runs/a/results.csv; echo "
      "'3 epochs completed in 1 hours.'");
  EXPECT_NE(run(), 0);
  ASSERT_TRUE(result().error);
  EXPECT_EQ(result().error->failure_class, "UserError");
  EXPECT_NE(result().error->message.find("none of its files is a whole checkpoint"), std::string::npos);
}

TEST_F(FrameworkRunTest, StoppedByTheKubeletItHandsOverWhatIsWholeAndEndsAsTerminated) {
  script(
      "trap 'exit 1' TERM; mkdir -p runs/a/weights; printf 'epoch,train/loss\\n1,0.5\\n' > runs/a/results.csv;"
      "cat $ZIPS/full1.zip > runs/a/weights/last.pt; echo up; sleep 300 & wait");
  start_sidecar();
  start();
  ASSERT_TRUE(wait_until([&] { return read_file(path("out")) == "up\n"; }));
  trainer_->send(SIGTERM);
  EXPECT_EQ(trainer_->wait(), 143);
  end_sidecar();
  ASSERT_TRUE(result().error);
  EXPECT_EQ(result().error->failure_class, "Terminated");
  EXPECT_EQ(read_file(stored("epoch-0001.pt")), full(1));
}

TEST_F(FrameworkRunTest, AFolderIsStoredAsOneTarFileThatOthersCanRead) {
  framework().reading.checkpoints.clear();
  contract::CheckpointRule rule;
  rule.path = "out/checkpoint-*";
  rule.complete_by = "trainer_state.json";
  rule.epoch = "checkpoint-(?P<epoch>\\d+)$";
  framework().reading.checkpoints = {rule};
  script(
      "mkdir -p out/checkpoint-3/deep runs/a; cat $ZIPS/full3.zip > out/checkpoint-3/optimizer.pt; echo x > "
      "out/checkpoint-3/deep/rng.txt; sleep 1; echo '{\"epoch\": 3.0}' > out/checkpoint-3/trainer_state.json;"
      "printf 'epoch,train/loss\\n1,0.5\\n2,0.4\\n3,0.3\\n' > runs/a/results.csv; echo '3 epochs completed in 1 h'");
  start_sidecar();
  EXPECT_EQ(run(), 0) << read_file(path("err")) << read_file(path("result"));
  end_sidecar();
  ASSERT_TRUE(word().model) << word().problem;
  EXPECT_TRUE(word().model->path.ends_with("/epoch-0003.tar"));
  Started tar("/bin/tar", {"-xvf", stored("epoch-0003.tar").string(), "-C", path("zips").string()}, {}, path("list"),
              path("err"));
  EXPECT_EQ(tar.wait(), 0) << read_file(path("err"));
  EXPECT_EQ(read_file(path("list")),
            "checkpoint-3/deep/rng.txt\ncheckpoint-3/optimizer.pt\ncheckpoint-3/trainer_state.json\n");
  EXPECT_EQ(read_file(path("zips/checkpoint-3/optimizer.pt")), full(3));
}

TEST_F(FrameworkRunTest, FilesOfARuntimeStayInTheJobsFolder) {
  for (const char* name : {"../out.sh", "/etc/x", "a//b", ".."}) {
    framework().files = {{name, "text"}};
    EXPECT_EQ(run(), 2) << name;
    ASSERT_TRUE(result().error) << name;
    EXPECT_NE(result().error->message.find("train.framework.files"), std::string::npos);
  }
  std::filesystem::remove_all(path("pod/job"));
  std::filesystem::create_directories(path("pod/job"));
  std::filesystem::create_symlink(path("zips"), path("pod/job/link"));
  framework().files = {{"link/x.txt", "text"}};
  EXPECT_NE(run(), 0);
  EXPECT_FALSE(std::filesystem::exists(path("zips/x.txt")));
}

}  // namespace
}  // namespace visionops::exec
