// The embedded cluster with real processes.
#include "operator/local/embedded_cluster.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <thread>

#include "operator/cluster/sidecar_state.h"
#include "operator/local/holder.h"
#include "operator/local/sign_of_life.h"
#include "tests/unit/local/objects.h"
#include "tests/unit/local/temporary_folder.h"

namespace visionops::local {
namespace {

using cluster::Job;
using cluster::Kind;
using cluster::Pod;
using cluster::PodPhase;
using test::key;
using test::shell;
using test::text_of;

constexpr auto kPatience = std::chrono::seconds(20);

bool eventually(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

bool alive(pid_t pid) {
  const std::string stat = text_of("/proc/" + std::to_string(pid) + "/stat");
  const auto state = stat.rfind(") ");
  return state != std::string::npos && stat[state + 2] != 'Z';
}

std::optional<pid_t> pid_in(const std::filesystem::path& file) {
  const std::string text = text_of(file);
  if (text.empty() || text.back() != '\n') return std::nullopt;
  return static_cast<pid_t>(std::stol(text));
}

class EmbeddedClusterTest : public testing::Test {
 protected:
  void SetUp() override {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread
    setenv("PGPASSWORD", "secret", 1);
  }

  std::unique_ptr<EmbeddedCluster> open(const std::function<void(EmbeddedClusterOptions&)>& shape = [](auto&) {}) {
    EmbeddedClusterOptions options;
    options.data_folder = folder_.path();
    options.cpus = 8;
    options.gpus = 0;
    shape(options);
    auto cluster = EmbeddedCluster::open(std::move(options), clock_);
    if (!cluster) throw std::runtime_error(cluster.error().message);
    return std::move(*cluster);
  }
  void start(const std::function<void(EmbeddedClusterOptions&)>& shape = [](auto&) {}) {
    cluster_ = open(shape);
    ASSERT_TRUE(cluster_->start().ok());
  }
  void submit(const Job& job) {
    const auto created = cluster_->api().create(job);
    ASSERT_TRUE(created.ok()) << created.error().message;
  }
  std::optional<Pod> pod(const std::string& name = "j-0") {
    auto object = cluster_->api().get(key(Kind::Pod, name));
    return object ? std::optional(std::get<Pod>(*object)) : std::nullopt;
  }
  Job job() { return std::get<Job>(*cluster_->api().get(key(Kind::Job, "j"))); }
  bool reaches(PodPhase phase, const std::string& name = "j-0") {
    return eventually([&] { return pod(name) && pod(name)->phase == phase; });
  }
  std::string log(const std::string& container = "worker") {
    const auto path = cluster_->log_path(pod()->meta.uid, container);
    return path ? text_of(*path) : "<no log>";
  }
  std::filesystem::path pods_folder() const { return folder_.path() / "pods"; }
  /// Where scripts leave things that outlive their Pod.
  std::string mark(const std::string& name) const { return (folder_.path() / name).string(); }

  test::TemporaryFolder folder_;
  SystemClock clock_;
  std::unique_ptr<EmbeddedCluster> cluster_;
};

TEST_F(EmbeddedClusterTest, RunsAJobToItsEndAndKeepsLogAndLastWords) {
  start();
  submit(test::shell_job("j", "echo out; echo err >&2; printf done > $VISIONOPS_TERMINATION_LOG"));
  ASSERT_TRUE(eventually([&] { return job().status.complete; }));
  const Pod ended = *pod();
  EXPECT_EQ(ended.phase, PodPhase::Succeeded);
  EXPECT_EQ(ended.node, "local");
  const auto* worker = cluster::worker_state(ended);
  ASSERT_NE(worker, nullptr);
  EXPECT_TRUE(worker->terminated);
  EXPECT_EQ(worker->exit_code, 0);
  EXPECT_EQ(worker->reason, "Completed");
  EXPECT_EQ(worker->message, "done");
  EXPECT_EQ(log(), "out\nerr\n");
}

TEST_F(EmbeddedClusterTest, GivesAPodItsEnvironmentAndNothingOfOurSecrets) {
  start([](EmbeddedClusterOptions& options) { options.telemetry_url = [] { return "http://127.0.0.1:1/now"; }; });
  Job wanted = test::shell_job("j", "env; pwd");
  wanted.spec.pod.containers[0].env = {{"VISIONOPS_RUN", "{}"},
                                       {"VISIONOPS_STORES", "/stores"},
                                       {"VISIONOPS_TELEMETRY_URL", "http://127.0.0.1:1/before"},
                                       {"OWN", "x y"}};
  submit(wanted);
  ASSERT_TRUE(reaches(PodPhase::Succeeded));
  const std::string lines = "\n" + log();
  const std::string root = (pods_folder() / pod()->meta.uid).string();
  const auto has = [&](const std::string& line) { return lines.find("\n" + line + "\n") != std::string::npos; };
  EXPECT_TRUE(has("VISIONOPS_RUN={}"));
  EXPECT_TRUE(has("OWN=x y"));
  EXPECT_TRUE(has("VISIONOPS_STORES=" + folder_.path().string() + "/stores"));
  EXPECT_TRUE(has("VISIONOPS_POD_DIR=" + root + "/volume"));
  EXPECT_TRUE(has("VISIONOPS_TERMINATION_LOG=" + root + "/containers/worker/termination"));
  EXPECT_TRUE(has("VISIONOPS_ANSWERS_DIR=" + root + "/answers"));
  EXPECT_TRUE(has("VISIONOPS_POD_NAME=j-0"));
  EXPECT_TRUE(has("JOB_COMPLETION_INDEX=0"));
  EXPECT_TRUE(has("CUDA_VISIBLE_DEVICES="));
  EXPECT_TRUE(has(root + "/volume"));
  for (const char* secret : {"PGPASSWORD", "VISIONOPS_TELEMETRY_TOKEN_FILE", "VISIONOPS_SIDECAR_DIR"}) {
    EXPECT_EQ(lines.find(secret), std::string::npos) << secret;
  }
}

TEST_F(EmbeddedClusterTest, GivesTheSidecarWhatIsItsAloneAndNothingOfTheWorkers) {
  start([](EmbeddedClusterOptions& options) { options.telemetry_url = [] { return "http://127.0.0.1:1/now"; }; });
  Job wanted = test::job("j", {shell("sidecar",
                                     "trap 'printf word > $VISIONOPS_TERMINATION_LOG; exit 0' TERM; env; "
                                     "stat -c 'mode %a' $VISIONOPS_TELEMETRY_TOKEN_FILE; "
                                     ": > " +
                                         mark("told") + "; while :; do sleep 0.05; done",
                                     true),
                               shell("worker", "while [ ! -e " + mark("told") +
                                                   " ]; do sleep 0.01; done; "
                                                   "printf result > $VISIONOPS_TERMINATION_LOG")});
  wanted.spec.pod.containers[1].env = {{"LD_PRELOAD", ""}, {"OPENSSL_CONF", "/data/x"}, {"OWN", "1"}};
  submit(wanted);
  ASSERT_TRUE(reaches(PodPhase::Succeeded));
  const std::string lines = "\n" + log("sidecar");
  const std::string root = (pods_folder() / pod()->meta.uid).string();
  const auto has = [&](const std::string& line) { return lines.find("\n" + line + "\n") != std::string::npos; };
  EXPECT_TRUE(has("VISIONOPS_SIDECAR_DIR=" + root + "/sidecar"));
  EXPECT_TRUE(has("VISIONOPS_ANSWERS_DIR=" + root + "/answers"));
  EXPECT_TRUE(has("VISIONOPS_TELEMETRY_TOKEN_FILE=" + root + "/token"));
  EXPECT_TRUE(has("VISIONOPS_TELEMETRY_URL=http://127.0.0.1:1/now"));
  EXPECT_TRUE(has("mode 600"));
  for (const char* name : {"LD_PRELOAD", "OPENSSL_CONF", "OWN"}) {
    EXPECT_EQ(lines.find(std::string("\n") + name + "="), std::string::npos) << name;
  }
  EXPECT_EQ(cluster::sidecar_state(*pod())->message, "word");
  EXPECT_EQ(cluster::worker_state(*pod())->message, "result");
}

TEST_F(EmbeddedClusterTest, LeaksNoFileDescriptorIntoAPod) {
  const int inheritable = ::open("/dev/null", O_RDONLY);  // as a careless library would
  start();
  Job wanted = test::shell_job("j", "");
  wanted.spec.pod.containers[0].command = {"ls", "/proc/self/fd"};
  submit(wanted);
  const bool ended = reaches(PodPhase::Succeeded);
  ::close(inheritable);
  ASSERT_TRUE(ended);
  EXPECT_EQ(log(), "0\n1\n2\n3\n") << "standard input, output and error, and the folder that ls reads";
}

TEST_F(EmbeddedClusterTest, ReportsTheExitCodeAndTheLastLinesOfTheLog) {
  start();
  submit(test::shell_job("j", "echo first; echo 'bad \xFF byte'; echo last; exit 3"));
  ASSERT_TRUE(reaches(PodPhase::Failed));
  const cluster::ContainerState state = *cluster::worker_state(*pod());
  EXPECT_EQ(state.exit_code, 3);
  EXPECT_EQ(state.signal, 0);
  EXPECT_EQ(state.reason, "Error");
  EXPECT_EQ(state.message, "first\nbad \xEF\xBF\xBD byte\nlast");
  EXPECT_FALSE(pod()->disrupted);
  EXPECT_TRUE(eventually([&] { return job().status.failed_condition; }));
}

TEST_F(EmbeddedClusterTest, ReportsASignalAs128AndItsNumber) {
  start();
  submit(test::shell_job("j", "kill -SEGV $$"));
  ASSERT_TRUE(reaches(PodPhase::Failed));
  const cluster::ContainerState state = *cluster::worker_state(*pod());
  EXPECT_EQ(state.exit_code, 128 + SIGSEGV);
  EXPECT_EQ(state.signal, SIGSEGV);
}

TEST_F(EmbeddedClusterTest, BoundsTheTerminationMessageAndFollowsNoLink) {
  start();
  submit(test::shell_job("j", "head -c 100000 /dev/zero | tr '\\0' x > $VISIONOPS_TERMINATION_LOG"));
  ASSERT_TRUE(reaches(PodPhase::Succeeded));
  EXPECT_EQ(cluster::worker_state(*pod())->message.size(), 4096U);
  Job linked = test::shell_job("linked", "ln -s /etc/passwd $VISIONOPS_TERMINATION_LOG");
  submit(linked);
  ASSERT_TRUE(reaches(PodPhase::Succeeded, "linked-0"));
  EXPECT_EQ(cluster::worker_state(*pod("linked-0"))->message, "");
  Job fifo = test::shell_job("fifo", "mkfifo $VISIONOPS_TERMINATION_LOG");
  submit(fifo);
  EXPECT_TRUE(reaches(PodPhase::Succeeded, "fifo-0")) << "a FIFO must not block the node";
}

TEST_F(EmbeddedClusterTest, SaysWhatIsMissingWhenAProgramCannotBeStarted) {
  start();
  Job wanted = test::shell_job("j", "");
  wanted.spec.pod.containers[0].command = {"no-such-program"};
  submit(wanted);
  ASSERT_TRUE(reaches(PodPhase::Failed));
  const cluster::ContainerState state = *cluster::worker_state(*pod());
  EXPECT_EQ(state.exit_code, 127);
  EXPECT_EQ(state.reason, "StartError");
  EXPECT_NE(state.message.find("\"no-such-program\" is neither in"), std::string::npos) << state.message;
  EXPECT_NE(log().find("no-such-program"), std::string::npos);

  const auto broken = folder_.write("broken", "#!/no/such/interpreter\n");
  chmod(broken.c_str(), 0755);
  Job unreadable = test::shell_job("k", "");
  unreadable.spec.pod.containers[0].command = {broken.string()};
  submit(unreadable);
  ASSERT_TRUE(reaches(PodPhase::Failed, "k-0"));
  EXPECT_EQ(cluster::worker_state(*pod("k-0"))->reason, "StartError");
}

TEST_F(EmbeddedClusterTest, LooksForProgramsBesideItselfBeforePath) {
  const auto program = folder_.write("bin/sh", "#!/bin/sh\necho beside us\n");
  chmod(program.c_str(), 0755);
  start([&](EmbeddedClusterOptions& options) { options.program_folder = program.parent_path(); });
  submit(test::shell_job("j", "echo from PATH"));
  ASSERT_TRUE(reaches(PodPhase::Succeeded));
  EXPECT_EQ(log(), "beside us\n");
}

TEST_F(EmbeddedClusterTest, TheSidecarRunsBesideTheWorkerAndIsToldWhenItHasEnded) {
  start();
  submit(test::job(
      "j", {shell("worker", "while [ ! -e ready ]; do sleep 0.01; done; echo work > result"),
            shell("sidecar", "trap 'cat result; exit 0' TERM; touch ready; while :; do sleep 0.01; done", true)}));
  ASSERT_TRUE(reaches(PodPhase::Succeeded));
  EXPECT_EQ(log("sidecar"), "work\n") << "it drained after the worker";
  const auto ended = pod();
  ASSERT_EQ(ended->containers.size(), 2U);
  for (const auto& state : ended->containers) EXPECT_TRUE(state.terminated) << state.name;
}

TEST_F(EmbeddedClusterTest, ASidecarThatDoesNotEndIsKilledAfterTheGrace) {
  start();
  Job wanted = test::job("j", {shell("worker", "while [ ! -e ready ]; do sleep 0.01; done"),
                               shell("sidecar", "trap '' TERM; touch ready; while :; do sleep 0.01; done", true)});
  wanted.spec.pod.termination_grace_period_seconds = 1;
  submit(wanted);
  ASSERT_TRUE(reaches(PodPhase::Succeeded));
  const Pod ended = *pod();
  const auto sidecar =
      std::find_if(ended.containers.begin(), ended.containers.end(), [](const auto& c) { return c.name == "sidecar"; });
  ASSERT_NE(sidecar, ended.containers.end());
  EXPECT_EQ(sidecar->signal, SIGKILL);
}

TEST_F(EmbeddedClusterTest, ASidecarThatCrashesIsStartedAgain) {
  start();
  submit(test::job("j", {shell("worker", "while [ ! -e twice ]; do sleep 0.01; done"),
                         shell("sidecar", "[ -e once ] && touch twice; touch once; exit 1", true)}));
  ASSERT_TRUE(reaches(PodPhase::Succeeded));
  const Pod ended = *pod();
  const auto sidecar =
      std::find_if(ended.containers.begin(), ended.containers.end(), [](const auto& c) { return c.name == "sidecar"; });
  ASSERT_NE(sidecar, ended.containers.end());
  EXPECT_EQ(sidecar->restarts, 1);
}

TEST_F(EmbeddedClusterTest, DeletionAsksFirstAndThePodGoesWhenItsProcessHasEnded) {
  start();
  submit(test::shell_job("j", "trap 'sleep 0.2; touch " + mark("saved") + "; exit 143' TERM; touch " + mark("up") +
                                  "; while :; do sleep 0.01; done"));
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(mark("up")); }));
  ASSERT_TRUE(cluster_->api().remove(key(Kind::Job, "j"), {}).ok());
  EXPECT_TRUE(pod().has_value()) << "the object may not go before the process";
  ASSERT_TRUE(eventually([&] { return !pod(); }));
  EXPECT_TRUE(std::filesystem::exists(mark("saved")));
  EXPECT_TRUE(eventually([&] { return std::filesystem::is_empty(pods_folder()); })) << "its files go with it";
}

TEST_F(EmbeddedClusterTest, AWorkerThatIgnoresTheDeletionIsKilledWithAllItsChildren) {
  start();
  Job wanted =
      test::shell_job("j", "trap '' TERM; sleep 1000 & echo $! > " + mark("child") + "; while :; do sleep 0.01; done");
  wanted.spec.pod.termination_grace_period_seconds = 1;
  submit(wanted);
  ASSERT_TRUE(eventually([&] { return pid_in(mark("child")).has_value(); }));
  ASSERT_TRUE(cluster_->api().remove(key(Kind::Job, "j"), {}).ok());
  ASSERT_TRUE(eventually([&] { return !pod(); }));
  EXPECT_TRUE(eventually([&] { return !alive(*pid_in(mark("child"))); }));
}

TEST_F(EmbeddedClusterTest, WhatAWorkerLeftBehindEndsWithItEvenInASessionOfItsOwn) {
  start();
  submit(test::shell_job("j", "sleep 1000 & echo $! > " + mark("child") + "; setsid sh -c 'echo $$ > " +
                                  mark("daemon") + "; exec sleep 1000' & while [ ! -s " + mark("daemon") +
                                  " ]; do sleep 0.01; done"));
  ASSERT_TRUE(reaches(PodPhase::Succeeded));
  EXPECT_TRUE(eventually([&] { return !alive(*pid_in(mark("child"))); }));
  EXPECT_TRUE(eventually([&] { return !alive(*pid_in(mark("daemon"))); }));
}

TEST_F(EmbeddedClusterTest, PodsThatDoNotFitWaitWithTheWordsOfAScheduler) {
  start([](EmbeddedClusterOptions& options) { options.cpus = 2; });
  Job first = test::shell_job("j", "while [ ! -e " + mark("go") + " ]; do sleep 0.01; done");
  first.spec.pod.containers[0].requests["cpu"] = "1500m";
  submit(first);
  ASSERT_TRUE(reaches(PodPhase::Running));
  Job second = test::shell_job("k", "true");
  second.spec.pod.containers[0].requests["cpu"] = "1";
  submit(second);
  ASSERT_TRUE(eventually([&] { return pod("k-0") && pod("k-0")->unschedulable; }));
  EXPECT_EQ(pod("k-0")->phase, PodPhase::Pending);
  EXPECT_NE(pod("k-0")->message.find("0/1 nodes are available: insufficient cpu"), std::string::npos)
      << pod("k-0")->message;
  folder_.write("go", "");
  EXPECT_TRUE(reaches(PodPhase::Succeeded, "k-0"));
  EXPECT_FALSE(pod("k-0")->unschedulable);
}

TEST_F(EmbeddedClusterTest, GpusAreCountedAndGivenOutByIndex) {
  start([](EmbeddedClusterOptions& options) { options.gpus = 3; });
  const std::string wait = "echo $CUDA_VISIBLE_DEVICES; while [ ! -e " + mark("go") + " ]; do sleep 0.01; done";
  for (const auto& [name, gpus] : {std::pair{"j", "2"}, {"k", "1"}, {"l", "1"}}) {
    Job wanted = test::shell_job(name, wait);
    wanted.spec.pod.containers[0].limits["nvidia.com/gpu"] = gpus;
    submit(wanted);
    if (std::string(name) != "l") {
      ASSERT_TRUE(reaches(PodPhase::Running, std::string(name) + "-0"));
    }
  }
  ASSERT_TRUE(eventually([&] { return pod("l-0") && pod("l-0")->unschedulable; }));
  EXPECT_NE(pod("l-0")->message.find("insufficient nvidia.com/gpu"), std::string::npos);
  EXPECT_TRUE(eventually([&] { return log() == "0,1\n"; })) << log();
  EXPECT_TRUE(eventually([&] { return text_of(*cluster_->log_path(pod("k-0")->meta.uid, "worker")) == "2\n"; }));
  folder_.write("go", "");
  EXPECT_TRUE(reaches(PodPhase::Succeeded, "l-0"));
}

TEST_F(EmbeddedClusterTest, AnEndlessLogIsBoundedWhileTheProcessGoesOn) {
  constexpr std::size_t kLimit = 64 * 1024;
  start([](EmbeddedClusterOptions& options) { options.max_log_bytes = kLimit; });
  submit(test::shell_job(
      "j", "head -c 300000 /dev/zero | tr '\\0' x; while [ ! -e " + mark("go") + " ]; do sleep 0.01; done; echo end"));
  ASSERT_TRUE(reaches(PodPhase::Running));
  const auto path = pods_folder() / pod()->meta.uid;
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(path / "worker.log.1"); }));
  EXPECT_TRUE(eventually([&] { return std::filesystem::file_size(path / "worker.log") == 0; }));
  EXPECT_EQ(std::filesystem::file_size(path / "worker.log.1"), kLimit / 2);
  folder_.write("go", "");
  ASSERT_TRUE(reaches(PodPhase::Succeeded));
  EXPECT_EQ(log(), "end\n");
}

TEST_F(EmbeddedClusterTest, KnowsARunningPodByItsTokenAndForgetsItAfterwards) {
  start();
  submit(test::job("j", {shell("sidecar",
                               "cat $VISIONOPS_TELEMETRY_TOKEN_FILE > " + mark("token.new") + "; mv " +
                                   mark("token.new") + " " + mark("token") + "; sleep 100",
                               true),
                         shell("worker", "while [ ! -e " + mark("go") + " ]; do sleep 0.01; done")}));
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(mark("token")); }));
  const std::string token = text_of(mark("token"));
  EXPECT_EQ(token.size(), 64U);
  const auto identity = cluster_->identify(token);
  ASSERT_TRUE(identity.has_value());
  EXPECT_EQ(*identity, (PodIdentity{"default", "j-0", pod()->meta.uid}));
  EXPECT_FALSE(cluster_->identify("").has_value());
  EXPECT_FALSE(cluster_->identify(token.substr(1)).has_value());
  folder_.write("go", "");
  ASSERT_TRUE(reaches(PodPhase::Succeeded));
  EXPECT_TRUE(eventually([&] { return !cluster_->identify(token); }));
}

TEST_F(EmbeddedClusterTest, ShutdownAsksTheWorkerToSaveAndTheNextOwnerSeesADisruption) {
  start();
  submit(test::shell_job("j", "trap 'touch " + mark("saved") + "; exit 143' TERM; touch " + mark("up") +
                                  "; while :; do sleep 0.01; done"));
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(mark("up")); }));
  cluster_->shutdown(std::chrono::seconds(10));
  EXPECT_TRUE(std::filesystem::exists(mark("saved")));
  cluster_.reset();
  cluster_ = open();
  const Pod ended = *pod();
  EXPECT_EQ(ended.phase, PodPhase::Failed);
  EXPECT_EQ(ended.reason, "NodeLost");
  EXPECT_TRUE(ended.disrupted);
  EXPECT_EQ(cluster::worker_state(ended)->exit_code, 143);
}

TEST_F(EmbeddedClusterTest, ShutdownKeepsItsDeadlineAgainstAWorkerThatDoesNotListen) {
  start();
  submit(test::shell_job("j", "trap '' TERM; echo $$ > " + mark("pid") + "; while :; do sleep 0.01; done"));
  ASSERT_TRUE(eventually([&] { return pid_in(mark("pid")).has_value(); }));
  const auto before = std::chrono::steady_clock::now();
  cluster_->shutdown(std::chrono::seconds(1));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(10));
  EXPECT_FALSE(alive(*pid_in(mark("pid"))));
  EXPECT_EQ(pod()->reason, "NodeLost");
}

TEST_F(EmbeddedClusterTest, NothingStartsWithoutStartAndDeletionsAreFinishedByShutdown) {
  cluster_ = open();
  submit(test::shell_job("j", "true"));
  cluster_->shutdown(std::chrono::seconds(1));
  ASSERT_TRUE(pod().has_value());
  EXPECT_EQ(pod()->phase, PodPhase::Pending);
  ASSERT_TRUE(cluster_->api().remove(key(Kind::Job, "j"), {}).ok());
  cluster_->shutdown(std::chrono::seconds(1));
  EXPECT_FALSE(pod().has_value());
}

TEST_F(EmbeddedClusterTest, AReaderSeesTheStateOfTheOwnerAndCannotWrite) {
  start();
  submit(test::shell_job("j", "echo hello"));
  ASSERT_TRUE(eventually([&] { return job().status.complete; }));
  const auto reader = open([](EmbeddedClusterOptions& options) { options.read_only = true; });
  const auto seen = reader->api().get(key(Kind::Pod, "j-0"));
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(text_of(*reader->log_path(cluster::meta_of(*seen).uid, "worker")), "hello\n");
  EXPECT_FALSE(reader->list_events(key(Kind::Job, "j")).empty());
  EXPECT_EQ(reader->api().create(test::dataset("a")).error().cls, ErrorClass::Conflict);
  EXPECT_EQ(reader->start().error().cls, ErrorClass::Invalid);
  EXPECT_FALSE(reader->log_path("../" + cluster::meta_of(*seen).uid, "worker").has_value());
}

TEST_F(EmbeddedClusterTest, ManyPodsEndEachWithItsOwnResult) {
  start();
  constexpr int kJobs = 30;
  for (int i = 0; i < kJobs; ++i) submit(test::shell_job("n" + std::to_string(i), "exit " + std::to_string(i % 5)));
  for (int i = 0; i < kJobs; ++i) {
    const std::string name = "n" + std::to_string(i) + "-0";
    ASSERT_TRUE(reaches(i % 5 == 0 ? PodPhase::Succeeded : PodPhase::Failed, name)) << name;
    EXPECT_EQ(cluster::worker_state(*pod(name))->exit_code, i % 5);
  }
}

/// The parent dies by kill -9 while a worker, its child and a daemon run.
class SuddenDeathTest : public EmbeddedClusterTest {
 protected:
  pid_t start_host(const std::string& script) {
    const std::string program = std::string(VISIONOPS_BIN_DIR) + "/local-node-host";
    const pid_t pid = fork();
    if (pid == 0) {
      execl(program.c_str(), program.c_str(), folder_.path().c_str(), script.c_str(), nullptr);
      _exit(127);
    }
    return pid;
  }
  static void kill_host(pid_t host) {
    kill(host, SIGKILL);
    int status = 0;
    waitpid(host, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
  }
};

TEST_F(SuddenDeathTest, NoProcessSurvivesItsOwner) {
  const pid_t host = start_host("echo $$ > " + mark("worker") + "; sleep 1000 & echo $! > " + mark("child") +
                                "; trap '' TERM HUP INT; while :; do sleep 0.05; done");
  ASSERT_TRUE(eventually([&] { return pid_in(mark("worker")) && pid_in(mark("child")); }));
  const pid_t worker = *pid_in(mark("worker"));
  const pid_t child = *pid_in(mark("child"));
  ASSERT_TRUE(alive(worker));
  ASSERT_TRUE(alive(child));
  kill_host(host);
  EXPECT_TRUE(eventually([&] { return !alive(worker); }));
  EXPECT_TRUE(eventually([&] { return !alive(child); })) << "PDEATHSIG alone does not reach grandchildren";
}

TEST_F(SuddenDeathTest, TheNextOwnerFindsThePodLostAndDisrupted) {
  const pid_t host = start_host("touch " + mark("up") + "; while :; do sleep 0.05; done");
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(mark("up")); }));
  kill_host(host);
  start();
  ASSERT_TRUE(reaches(PodPhase::Failed));
  EXPECT_EQ(pod()->reason, "NodeLost");
  EXPECT_TRUE(pod()->disrupted);
  EXPECT_TRUE(eventually([&] { return job().status.failed_condition; }));
  EXPECT_NE(log(), "<no log>") << "the log of a lost Pod stays with its object";
}

TEST_F(SuddenDeathTest, ItIsKnownUntilWhenSomebodyWorkedAndHowItEnded) {
  EXPECT_FALSE(last_work(folder_.path()));
  const auto before = SystemClock().now();
  const pid_t host = start_host("touch " + mark("up") + "; while :; do sleep 0.05; done");
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(mark("up")); }));
  EXPECT_EQ(holder_of(folder_.path()), std::to_string(host));
  kill_host(host);
  EXPECT_FALSE(holder_of(folder_.path()));
  const auto killed = last_work(folder_.path());
  ASSERT_TRUE(killed);
  EXPECT_FALSE(killed->in_order);
  EXPECT_GE(killed->at, before);
  start();
  cluster_->shutdown(Duration::zero());
  const auto ended = last_work(folder_.path());
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->in_order);
  EXPECT_GT(ended->at, killed->at);
  // Who only changes something does not work on it.
  cluster_.reset();
  cluster_ = open();
  cluster_->shutdown(Duration::zero());
  EXPECT_EQ(last_work(folder_.path())->at, ended->at);
}

TEST_F(SuddenDeathTest, ADaemonThatEscapedItsSessionEndsAtTheNextStart) {
  const pid_t host =
      start_host("setsid sh -c 'echo $$ > " + mark("daemon") + "; exec sleep 1000' & while :; do sleep 0.05; done");
  ASSERT_TRUE(eventually([&] { return pid_in(mark("daemon")).has_value(); }));
  kill_host(host);
  cluster_ = open();
  EXPECT_FALSE(alive(*pid_in(mark("daemon"))));
}

TEST_F(SuddenDeathTest, TheFoldersOfPodsThatAreGoneAreRemovedAtTheNextStart) {
  folder_.write("pods/11111111-1111-4111-8111-111111111111/worker.log", "old");
  cluster_ = open();
  EXPECT_TRUE(std::filesystem::is_empty(pods_folder()));
}

TEST_F(SuddenDeathTest, ASecondOwnerIsToldWhoTheFirstIs) {
  const pid_t host = start_host("touch " + mark("up") + "; while :; do sleep 0.05; done");
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(mark("up")); }));
  EmbeddedClusterOptions options;
  options.data_folder = folder_.path();
  const auto second = EmbeddedCluster::open(std::move(options), clock_);
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message.find("in use by process " + std::to_string(host)), std::string::npos)
      << second.error().message;
  kill_host(host);
}

}  // namespace
}  // namespace visionops::local
