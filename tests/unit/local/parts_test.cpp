// The small parts: text, capacity, transition rules, programs.
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/readable_text.h"
#include "operator/local/api_server/transition_rules.h"
#include "operator/local/kubelet/capacity.h"
#include "operator/local/process/process.h"
#include "tests/unit/local/objects.h"
#include "tests/unit/local/temporary_folder.h"

namespace visionops::local {
namespace {

TEST(ReadableText, KeepsGoodUtf8AndReplacesTheRest) {
  EXPECT_EQ(readable_text("a\tb\n\xC3\xA4\xF0\x9F\x98\x80", 100), "a\tb\n\xC3\xA4\xF0\x9F\x98\x80");
  for (const char* bad : {"\xFF", "\x80", "\x1B", "\x7F"}) EXPECT_EQ(readable_text(bad, 100), "\xEF\xBF\xBD") << bad;
  EXPECT_EQ(readable_text("\xC0\xAF", 100), "\xEF\xBF\xBD\xEF\xBF\xBD") << "overlong";
  EXPECT_EQ(readable_text("\xED\xA0\x80", 100), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") << "surrogate";
  EXPECT_EQ(readable_text("\xE2\x82", 100), "\xEF\xBF\xBD\xEF\xBF\xBD") << "cut off";
}

TEST(ReadableText, IsCutAtACharacter) {
  EXPECT_EQ(readable_text("ab\xC3\xA4", 3), "ab");
  EXPECT_EQ(readable_text("abc", 3), "abc");
}

TEST(LastLines, AreTheLastOnesWithinTheirBounds) {
  EXPECT_EQ(last_lines("a\nb\nc\n", 2, 100), "b\nc");
  EXPECT_EQ(last_lines("a\nb\nc", 9, 100), "a\nb\nc");
  EXPECT_EQ(last_lines("", 2, 100), "");
  EXPECT_EQ(last_lines("\n\n", 2, 100), "");
  EXPECT_EQ(last_lines("abcdef\n", 2, 3), "def");
  EXPECT_EQ(last_lines("a\xC3\xA4z", 1, 2), "z") << "no half character at the beginning";
}

TEST(Capacity, CountsWhatIsTakenAndGivenBack) {
  Capacity capacity(2000, 2);
  EXPECT_FALSE(capacity.why_not({2000, 2}));
  EXPECT_EQ(capacity.take("a", {1500, 1}), (std::vector<std::int32_t>{0}));
  EXPECT_EQ(capacity.why_not({501, 0}), "0/1 nodes are available: insufficient cpu (501m of 2 cores requested)");
  EXPECT_EQ(capacity.why_not({1000, 2}),
            "0/1 nodes are available: insufficient cpu (1 of 2 cores requested), insufficient nvidia.com/gpu (2 of 2 "
            "requested)");
  EXPECT_EQ(capacity.take("b", {500, 1}), (std::vector<std::int32_t>{1}));
  capacity.release("a");
  capacity.release("a");
  EXPECT_EQ(capacity.take("c", {1500, 1}), (std::vector<std::int32_t>{0}));
  EXPECT_TRUE(capacity.why_not({1, 0}));
}

TEST(Capacity, MoreGpusThanTheMachineHasAreNoMatterOfTime) {
  const Capacity none(2000, 0);
  EXPECT_NE(
      none.why_not({0, 1})->find("insufficient nvidia.com/gpu (1 of 0 requested); this machine never has as many"),
      std::string::npos);
  Capacity two(2000, 2);
  two.take("a", {0, 2});
  EXPECT_EQ(two.why_not({0, 1})->find("never"), std::string::npos);
}

TEST(Capacity, APodThatWantsMoreCoresThanThereAreRunsAlone) {
  Capacity capacity(2000, 0);
  ASSERT_FALSE(capacity.why_not({8000, 0}));
  capacity.take("large", {8000, 0});
  EXPECT_TRUE(capacity.why_not({1, 0}));
  capacity.release("large");
  capacity.take("small", {1, 0});
  EXPECT_EQ(capacity.why_not({8000, 0}), "0/1 nodes are available: insufficient cpu (8 of 2 cores requested)");
}

TEST(Capacity, SumsTheRequestsOfAllContainersAndFallsBackToLimits) {
  cluster::PodTemplate pod;
  pod.containers = {test::shell("worker", ""), test::shell("sidecar", "", true)};
  pod.containers[0].requests = {{"cpu", "1500m"}};
  pod.containers[0].limits = {{"cpu", "4"}, {"nvidia.com/gpu", "2"}};
  pod.containers[1].limits = {{"cpu", "100m"}};
  EXPECT_EQ(request_of(pod).cpu_milli, 1600);
  EXPECT_EQ(request_of(pod).gpus, 2);
}

TEST(TransitionRules, NameEveryFieldOfTheIdentityThatChanged) {
  const auto before = test::dataset("a");
  auto after = before;
  EXPECT_TRUE(check_transition(before, after).empty());
  after.spec.description = "free to change";
  EXPECT_TRUE(check_transition(before, after).empty());
  after.spec.group = "other";
  after.spec.split = Split::Val;
  const auto problems = check_transition(before, after);
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].path, "spec.group");
  EXPECT_EQ(problems[1].path, "spec.split");
  EXPECT_FALSE(problems[0].message.empty());
}

ProcessSpec true_in(const std::string& folder) { return {"/bin/true", {"true"}, {}, folder, STDOUT_FILENO, {}}; }

TEST(Process, SaysWhyItCouldNotBecomeTheProgram) {
  const auto started = Process::start(true_in("/no/such/folder"));
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().cls, ErrorClass::NotFound);
}

TEST(Process, IsAnnouncedBeforeItsProgramRunsAndLeadsItsOwnGroup) {
  auto spec = true_in("/");
  pid_t announced = 0;
  std::string program_then;
  spec.announce = [&](pid_t pid) {
    announced = pid;
    program_then = std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe");
  };
  auto process = Process::start(spec);
  ASSERT_TRUE(process.ok()) << process.error().message;
  EXPECT_EQ(process->pid(), announced);
  EXPECT_EQ(program_then, std::filesystem::read_symlink("/proc/self/exe")) << "it was still us";
  EXPECT_EQ(getpgid(announced), announced);
  pollfd ended{process->pidfd(), POLLIN, 0};
  ASSERT_EQ(poll(&ended, 1, 10000), 1);
  const auto exit = process->poll_exit();
  ASSERT_TRUE(exit.has_value());
  EXPECT_EQ(exit->exit_code, 0);
  EXPECT_EQ(exit->signal, 0);
}

TEST(Process, DiesWithItsOwner) {
  pid_t pid = 0;
  {
    ProcessSpec spec{"/bin/sleep", {"sleep", "1000"}, {}, "/", STDOUT_FILENO, {}};
    auto process = Process::start(spec);
    ASSERT_TRUE(process.ok());
    pid = process->pid();
  }
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(Process, AHeldSigtermWaitsForWhoAsksForIt) {
  ProcessSpec spec{"/bin/sleep", {"sleep", "1000"}, {}, "/", STDOUT_FILENO, {}};
  spec.hold_sigterm = true;
  auto process = Process::start(spec);
  ASSERT_TRUE(process.ok());
  process->signal(SIGTERM);
  pollfd ended{process->pidfd(), POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, 200), 0) << "it has died of what it never asked for";
  process->signal(SIGKILL);
  EXPECT_EQ(::poll(&ended, 1, 30'000), 1);
}

TEST(FindProgram, PrefersItsOwnFolderThenPathAndWantsAnExecutableFile) {
  const test::TemporaryFolder folder;
  const auto ours = folder.write("ours/tool", "");
  const auto theirs = folder.write("theirs/tool", "");
  const auto path = (folder.path() / "theirs").string() + ":/nowhere";
  EXPECT_FALSE(find_program("tool", ours.parent_path(), path).ok());
  chmod(theirs.c_str(), 0755);
  EXPECT_EQ(*find_program("tool", ours.parent_path(), path), theirs.string());
  chmod(ours.c_str(), 0755);
  EXPECT_EQ(*find_program("tool", ours.parent_path(), path), ours.string());
  EXPECT_EQ(*find_program(theirs, ours.parent_path(), ""), theirs.string());
  EXPECT_FALSE(find_program("", ours.parent_path(), path).ok());
  EXPECT_FALSE(find_program("ours", folder.path(), "").ok()) << "a folder is no program";
}

}  // namespace
}  // namespace visionops::local
