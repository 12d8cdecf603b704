// The program itself beside the real sidecar, with real signals.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <map>
#include <thread>
#include <utility>

#include "base/digest.h"
#include "scene_dataset.h"
#include "worker/contract/exit_code.h"
#include "worker/contract/pod_folders.h"
#include "worker/contract/run_result.h"
#include "worker/contract/run_spec.h"
#include "worker/contract/sidecar_word.h"

namespace visionops::train {
namespace {

using namespace std::chrono_literals;

/// A started program; killed by the destructor when it still runs.
class Program {
 public:
  Program(const std::string& name, const std::map<std::string, std::string>& environment) : pid_(::fork()) {
    if (pid_ != 0) return;
    for (const auto& [key, value] : environment) ::setenv(key.c_str(), value.c_str(), 1);
    const std::string path = std::string(VISIONOPS_BIN_DIR) + "/" + name;
    ::execl(path.c_str(), path.c_str(), nullptr);
    ::_exit(127);
  }
  ~Program() {
    if (pid_ <= 0) return;
    signal(SIGKILL);
    (void)wait();
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void signal(int number) const { ::kill(pid_, number); }
  /// Exit code, or 128 + signal.
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_;
};

class TrainProgramTest : public testing::Test {
 protected:
  void SetUp() override {
    write_scenes(folder_.path() / "stores/datasets/train", 24, 1);
    write_scenes(folder_.path() / "stores/datasets/val", 8, 2);
    std::filesystem::create_directories(folder_.path() / "stores/models");
  }

  std::map<std::string, std::string> environment(const std::string& pod, const std::string& checkpoints) {
    contract::RunSpec spec;
    spec.owner = {"TrainingJob", "default", "scenes", "uid-1", 1, 0};
    auto& run = spec.train.emplace();
    run.model = "centernet_nano";
    run.train = scene_location("train", "train");
    run.val = scene_location("val", "val");
    run.epochs = 4;
    run.batch_size = 4;
    run.learning_rate = 0.005;
    run.extra.json = R"({"width": 8, "threads": 1})";
    run.checkpoint_store = "models";
    run.checkpoint_path = checkpoints;
    run.checkpoint_keep = 1;
    for (const char* part : {"", "answers", "own"}) std::filesystem::create_directories(folder_.path() / (pod + part));
    return {{contract::kRunEnv, contract::encode(spec)},
            {contract::kStoresEnv, folder_.path() / "stores"},
            {contract::kPodDirEnv, folder_.path() / pod},
            {contract::kAnswersDirEnv, folder_.path() / (pod + "answers")},
            {contract::kSidecarDirEnv, folder_.path() / (pod + "own")},
            {contract::kTerminationLogEnv, folder_.path() / pod / "result.json"},
            {contract::kPodNameEnv, pod}};
  }
  contract::RunResult result(const std::string& pod) {
    return contract::decode_run_result(read_text(folder_.path() / pod / "result.json")).value_or(contract::RunResult{});
  }
  /// A whole attempt with its sidecar, in the order of a Pod.
  int attempt(
      const std::string& pod, const std::string& checkpoints,
      const std::function<void(Program&)>& disturb = [](Program&) {}) {
    const auto env = environment(pod, checkpoints);
    auto sidecar_env = env;
    sidecar_env[contract::kTerminationLogEnv] = folder_.path() / (pod + "word");
    Program sidecar("visionops-sidecar", sidecar_env);
    while (!std::filesystem::exists(folder_.path() / (pod + "answers") / "sidecar.ready")) {
      std::this_thread::sleep_for(5ms);
    }
    Program trainer("visionops-train", env);
    disturb(trainer);
    const int code = trainer.wait();
    sidecar.signal(SIGTERM);
    EXPECT_EQ(sidecar.wait(), 0);
    return code;
  }
  std::string stored(const std::string& path) { return read_text(folder_.path() / "stores/models" / path); }

  TemporaryFolder folder_;
};

TEST_F(TrainProgramTest, EndsWithAModelThatTheSidecarHasVerified) {
  ASSERT_EQ(attempt("pod", "run"), 0);
  const auto facts = result("pod").train;
  ASSERT_TRUE(facts && facts->model && facts->last);
  EXPECT_EQ(facts->model->sha256, sha256_hex(stored(facts->model->path)));
  EXPECT_EQ(facts->last->path, "run/epoch-0004.pt");
  EXPECT_EQ(stored("run/best.pt"), stored(facts->model->path));
  const auto word = contract::decode_sidecar_word(read_text(folder_.path() / "podword"));
  ASSERT_TRUE(word && word->model && word->last);
  EXPECT_EQ(word->model->path, facts->model->path);
  EXPECT_EQ(word->model->sha256, facts->model->sha256);
  EXPECT_EQ(word->last->sha256, facts->last->sha256);
}

TEST_F(TrainProgramTest, KilledAndStoppedAttemptsEndInTheSameModel) {
  ASSERT_EQ(attempt("whole", "undisturbed"), 0);
  int code = -1, lost = 0;
  for (int i = 0; code != 0 && i < 40; ++i) {
    const int number = i % 2 == 0 ? SIGTERM : SIGKILL;
    const std::string pod = "pod-" + std::to_string(i);
    code = attempt(pod, "disturbed", [&](Program& trainer) {
      // From here on it handles signals; each attempt may work a little longer than the one before.
      while (!std::filesystem::exists(folder_.path() / pod / "worker.pid")) std::this_thread::sleep_for(2ms);
      std::this_thread::sleep_for(i * 25ms);
      trainer.signal(number);
    });
    if (code == 0) break;
    ++lost;
    EXPECT_TRUE(code == 143 || code == 137) << code;
    // A signal before main has run leaves no result.
    if (const auto ended = result(pod); code == 143 && ended.error) {
      EXPECT_EQ(ended.error->failure_class, "Terminated");
    }
  }
  ASSERT_EQ(code, 0);
  EXPECT_GE(lost, 1);
  EXPECT_EQ(stored("disturbed/epoch-0004.pt"), stored("undisturbed/epoch-0004.pt"))
      << "after " << lost << " lost attempts";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path() / "stores")) {
    EXPECT_FALSE(entry.path().filename().string().starts_with(".")) << "stray file " << entry.path();
  }
}

/// Files that may not grow are a disk that is full, for a program that looks at errno.
class FilesUpTo {
 public:
  explicit FilesUpTo(rlim_t bytes) : handler_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit lower{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &lower);
  }
  ~FilesUpTo() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }
  FilesUpTo(const FilesUpTo&) = delete;
  FilesUpTo& operator=(const FilesUpTo&) = delete;

 private:
  rlimit before_{};
  sighandler_t handler_;
};

TEST_F(TrainProgramTest, ADiskThatTakesNoMoreIsTheStoresFaultAndNotMemorys) {
  const auto env = environment("pod", "run");
  int code = 0;
  {
    const FilesUpTo limit(8192);  // less than a checkpoint
    code = Program("visionops-train", env).wait();
  }
  EXPECT_EQ(code, static_cast<int>(contract::ExitCode::StorageFailure));
  const auto error = result("pod").error;
  ASSERT_TRUE(error);
  EXPECT_EQ(error->failure_class, "StorageFailure");
  EXPECT_NE(error->message.find("File too large"), std::string::npos) << error->message;
}

TEST_F(TrainProgramTest, SaysWhichVariablesOfASecretItDoesNotTake) {
  auto env = environment("pod", "run");
  env[contract::kRunEnv] = "{}";
  env["VISIONOPS_SECRET_PYTHONSTARTUP"] = "/stores/datasets/evil.py";
  env["VISIONOPS_SECRET_HF_TOKEN"] = "hf_1";
  testing::internal::CaptureStderr();
  EXPECT_EQ(Program("visionops-train", env).wait(), static_cast<int>(contract::ExitCode::InvalidInput));
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("variable PYTHONSTARTUP of a Secret is left out"), std::string::npos) << log;
  for (const char* kept : {"HF_TOKEN", "hf_1", "evil.py"}) EXPECT_EQ(log.find(kept), std::string::npos) << log;
}

TEST_F(TrainProgramTest, RefusesAMalformedRunSpec) {
  auto env = environment("pod", "run");
  env[contract::kRunEnv] = "{\"train\": 3}";
  EXPECT_EQ(Program("visionops-train", env).wait(), static_cast<int>(contract::ExitCode::InvalidInput));
  const auto error = result("pod").error;
  ASSERT_TRUE(error);
  EXPECT_NE(error->message.find("VISIONOPS_RUN: "), std::string::npos) << error->message;
}

}  // namespace
}  // namespace visionops::train
