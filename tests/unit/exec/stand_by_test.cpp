// The program by hand, with small shell scripts as trainers.
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cstring>

#include "base/digest.h"
#include "base/json.h"
#include "tests/unit/exec/started.h"

namespace visionops::exec {
namespace {

class StandByTest : public ::testing::Test {
 protected:
  int run(const std::string& script, const Variables& more = {}) {
    Started program(exec_program(), {"--", "/bin/sh", "-c", script}, variables(more), out(), err());
    return program.wait();
  }
  [[nodiscard]] Variables variables(const Variables& more = {}) const {
    Variables all{{"VISIONOPS_POD_DIR", pod().string()}};
    all.insert(more.begin(), more.end());
    std::filesystem::create_directories(pod());
    return all;
  }
  [[nodiscard]] std::filesystem::path pod() const { return folder_.path() / "pod"; }
  [[nodiscard]] std::filesystem::path out() const { return folder_.path() / "out"; }
  [[nodiscard]] std::filesystem::path err() const { return folder_.path() / "err"; }
  [[nodiscard]] Json record() const { return Json::parse(read_file(pod() / "exit.json"), nullptr, false); }
  Folder folder_;
};

TEST_F(StandByTest, PassesBothStreamsOnAndEndsWithTheExitCode) {
  EXPECT_EQ(run("printf 'a\\r50%%\\rb\\n\\000\\377'; echo bad >&2; exit 3"), 3);
  EXPECT_EQ(read_file(out()), std::string("a\r50%\rb\n\0\xff", 10));
  EXPECT_EQ(read_file(err()), "bad\n");
  EXPECT_EQ(read_file(pod() / "job.log").size(), 14U);
  EXPECT_EQ(record()["exitCode"], 3);
  EXPECT_EQ(record()["signal"], 0);
}

TEST_F(StandByTest, TellsASignalAsAShellDoes) {
  EXPECT_EQ(run("kill -9 $$"), 137);
  EXPECT_EQ(record()["signal"], 9);
  EXPECT_EQ(record()["signalSent"], 0);
}

TEST_F(StandByTest, AProgramThatIsNotThereIsToldWithThePlacesWhereItWasLookedFor) {
  Started program(exec_program(), {"--", "no-such-trainer"}, variables(), out(), err());
  EXPECT_EQ(program.wait(), 127);
  EXPECT_NE(read_file(err()).find("no-such-trainer: there is no such program in this image (looked in /usr/local/bin"),
            std::string::npos)
      << read_file(err());
}

TEST_F(StandByTest, ASignalReachesTheWholeGroupAndIsRecorded) {
  Started program(exec_program(), {"--", "/bin/sh", "-c", "trap 'echo told; exit 9' TERM; echo up; sleep 60 & wait"},
                  variables(), out(), err());
  ASSERT_TRUE(wait_until([&] { return read_file(out()) == "up\n"; }));
  program.send(SIGTERM);
  EXPECT_EQ(program.wait(), 9);
  EXPECT_EQ(read_file(out()), "up\ntold\n");
  EXPECT_EQ(record()["signalSent"], SIGTERM);
}

TEST_F(StandByTest, WhoDoesNotEndInTimeIsKilled) {
  Started program(exec_program(), {"--", "/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"},
                  variables({{"VISIONOPS_GRACE_SECONDS", "1"}}), out(), err());
  ASSERT_TRUE(wait_until([&] { return read_file(out()) == "up\n"; }));
  program.send(SIGTERM);
  EXPECT_EQ(program.wait(), 137);
  EXPECT_EQ(record()["killed"], true);
}

TEST_F(StandByTest, SignalsThatWeInheritedAsIgnoredAreNotPassedToTheTrainer) {
  struct sigaction ignored {};
  ignored.sa_handler = SIG_IGN;
  struct sigaction before {};
  ASSERT_EQ(::sigaction(SIGINT, &ignored, &before), 0);
  const int status = run("kill -INT $$; echo deaf");
  ::sigaction(SIGINT, &before, nullptr);
  EXPECT_EQ(status, 130);
  EXPECT_EQ(read_file(out()), "");
}

TEST_F(StandByTest, AGrandchildThatHoldsThePipeHoldsUpNothingAndIsGoneAfterwards) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run("(trap '' TERM HUP; echo $$ > " + (folder_.path() / "group").string() +
                "; while :; do sleep 1; done) & echo parent; exit 5"),
            5);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  EXPECT_EQ(read_file(out()), "parent\n");
  EXPECT_EQ(record()["heldPipe"], true);
  const auto group = std::stoi(read_file(folder_.path() / "group"));
  EXPECT_TRUE(wait_until([&] { return ::kill(-group, 0) != 0; }));
}

TEST_F(StandByTest, AChildWithASessionOfItsOwnIsGoneAfterwardsToo) {
  EXPECT_EQ(run("setsid sh -c 'echo $$ > " + (folder_.path() / "child").string() +
                "; exec sleep 300' > /dev/null 2>&1 & while [ ! -s " + (folder_.path() / "child").string() +
                " ]; do sleep 0.05; done; exit 0"),
            0);
  const auto child = std::stoi(read_file(folder_.path() / "child"));
  EXPECT_TRUE(wait_until([&] { return ::kill(child, 0) != 0; }));
}

TEST_F(StandByTest, AHundredMegabytesArriveWholeWhereSomebodyReads) {
  EXPECT_EQ(run("head -c 100000000 /dev/zero"), 0);
  EXPECT_EQ(std::filesystem::file_size(out()), 100'000'000U);
  EXPECT_LE(std::filesystem::file_size(pod() / "job.log"), 8U << 20);
  EXPECT_LE(std::filesystem::file_size(pod() / "job.log.1"), 8U << 20);
}

TEST_F(StandByTest, AHundredMegabytesThatNobodyReadsDoNotStopTheTrainer) {
  ASSERT_EQ(::mkfifo(out().c_str(), 0600), 0);
  const int reader = ::open(out().c_str(), O_RDWR | O_CLOEXEC);  // who never reads
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run("head -c 100000000 /dev/zero; echo end >&2; exit 6"), 6);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_NE(read_file(pod() / "job.log").find("end\n"), std::string::npos);
  ::close(reader);
}

TEST_F(StandByTest, ATrainerThatIsSilentForTooLongIsAborted) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run("echo up; exec sleep 300", {{"VISIONOPS_SILENCE_SECONDS", "1"}}), 128 + SIGABRT);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(15));
  EXPECT_EQ(record()["hung"], true);
}

TEST_F(StandByTest, ATrainerThatSomebodyStoppedIsAbortedAtOnce) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run("echo up; kill -STOP $$; sleep 300", {{"VISIONOPS_SILENCE_SECONDS", "1"}}), 128 + SIGABRT);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(3500));  // SIGKILL would come at 4 s
  EXPECT_EQ(record()["hung"], true);
  EXPECT_EQ(record()["killed"], false);
}

TEST_F(StandByTest, TheTrainerGetsNoVariableOfThePlatform) {
  EXPECT_EQ(
      run("env | grep -E '^(VISIONOPS|PYTHON|MY_|AWS|LD_|HUB)' | sort", {{"VISIONOPS_TELEMETRY_TOKEN_FILE", "/x"},
                                                                         {"VISIONOPS_RUN", "{}"},
                                                                         {"VISIONOPS_STORES", "/stores"},
                                                                         {"AWS_SECRET_ACCESS_KEY", "of the store"},
                                                                         {"VISIONOPS_SECRET_HUB_TOKEN", "t"},
                                                                         {"VISIONOPS_SECRET_MY_NAME", "n"},
                                                                         {"VISIONOPS_SECRET_LD_PRELOAD", "/evil.so"}}),
      0);
  EXPECT_EQ(read_file(out()),
            "HUB_TOKEN=t\nMY_NAME=n\nPYTHONFAULTHANDLER=1\nPYTHONUNBUFFERED=1\nVISIONOPS_STORES=/stores\n");
}

TEST_F(StandByTest, TheTrainerIsAsLikelyToBeEndedForMemoryAsItWasBefore) {
  EXPECT_EQ(run("cat /proc/self/oom_score_adj"), 0);
  EXPECT_EQ(read_file(out()), read_file("/proc/self/oom_score_adj"));
}

TEST_F(StandByTest, ABoundThatIsNoNumberIsRefused) {
  EXPECT_EQ(run("exit 0", {{"VISIONOPS_SILENCE_SECONDS", "5m"}}), 2);
  EXPECT_NE(read_file(err()).find("VISIONOPS_SILENCE_SECONDS: \"5m\" is no number of seconds"), std::string::npos);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_F(StandByTest, ItsCopyRunsWhereThereIsNothingElse) {
  Started copy(exec_program(), {"--install", (folder_.path() / "root/bin").string()}, {}, out(), err());
  ASSERT_EQ(copy.wait(), 0) << read_file(err());
  const auto text = read_file(folder_.path() / "root/bin/visionops-exec");
  ElfW(Ehdr) head{};
  std::memcpy(&head, text.data(), sizeof head);
  for (std::size_t i = 0; i < head.e_phnum; ++i) {
    ElfW(Phdr) part{};
    std::memcpy(&part, text.data() + head.e_phoff + i * head.e_phentsize, sizeof part);
    EXPECT_NE(part.p_type, PT_INTERP) << "it would need a loader";
  }
  EXPECT_EQ(::access((folder_.path() / "root/bin/visionops-exec").c_str(), X_OK), 0);
  if (::geteuid() != 0) {
    ASSERT_EQ(::getenv("VISIONOPS_CI"), nullptr) << "chroot is root's";
    GTEST_SKIP() << "SKIPPED, NOT TESTED: chroot is root's";
  }
  Started alone("/usr/sbin/chroot",
                {(folder_.path() / "root").string(), "/bin/visionops-exec", "--", "/bin/visionops-exec", "--version"},
                {}, out(), err());
  EXPECT_EQ(alone.wait(), 0) << read_file(err());
  EXPECT_TRUE(read_file(out()).starts_with("visionops-exec ")) << read_file(out());
}
#endif

}  // namespace
}  // namespace visionops::exec
