#include "worker/sidecar/line_tail.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <utility>

#include "tests/unit/sidecar/folder.h"

namespace visionops::sidecar {
namespace {

void bind_socket(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(socket);
}

class LineTailTest : public ::testing::Test {
 protected:
  static std::vector<std::string> texts(LineTail& tail) {
    std::vector<std::string> out;
    for (auto& line : tail.poll(1 << 20)) out.push_back(std::move(line.text));
    return out;
  }
  Folder folder_;
  std::filesystem::path file_ = folder_.path() / "telemetry.jsonl";
};

using Lines = std::vector<std::string>;

TEST_F(LineTailTest, GivesEachLineOnceAsTheFileGrows) {
  LineTail tail(file_, 0, 100);
  EXPECT_EQ(texts(tail), Lines{});
  append_file(file_, "one\ntwo\n");
  EXPECT_EQ(texts(tail), (Lines{"one", "two"}));
  EXPECT_EQ(texts(tail), Lines{});
  append_file(file_, "three\n");
  EXPECT_EQ(texts(tail), Lines{"three"});
  EXPECT_EQ(tail.offset(), 14);
}

TEST_F(LineTailTest, WaitsForTheEndOfATornLine) {
  LineTail tail(file_, 0, 100);
  append_file(file_, "one\ntw");
  EXPECT_EQ(texts(tail), Lines{"one"});
  EXPECT_EQ(tail.offset(), 4);
  append_file(file_, "o\n");
  const auto lines = tail.poll(1 << 20);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].text, "two");
  EXPECT_EQ(lines[0].offset, 4);
}

TEST_F(LineTailTest, LeavesOutOversizedLinesAndGoesOn) {
  LineTail tail(file_, 0, 10);
  append_file(file_, "short\n" + std::string(50'000, 'x'));
  EXPECT_EQ(texts(tail), Lines{"short"});
  append_file(file_, std::string(50'000, 'x') + "\n0123456789\n01234567890\nend\n");
  EXPECT_EQ(texts(tail), (Lines{"0123456789", "end"}));
  EXPECT_EQ(tail.oversized_lines(), 2);
}

TEST_F(LineTailTest, SkipsAtMostSoMuchOfAnOversizedLineAtOnce) {
  LineTail tail(file_, 0, 10);
  append_file(file_, std::string(kSkippedAtOnce + (1U << 20U), 'x') + "\nend\n");
  EXPECT_EQ(tail.poll(1'000).size(), 0U);
  EXPECT_TRUE(tail.behind());
  EXPECT_EQ(tail.poll(1'000).size(), 0U);
  EXPECT_TRUE(tail.behind());
  EXPECT_EQ(texts(tail), Lines{"end"});
  EXPECT_FALSE(tail.behind());
  EXPECT_EQ(tail.oversized_lines(), 1);
}

TEST_F(LineTailTest, JumpsOverWhatWasNeverWritten) {
  LineTail tail(file_, 0, 10);
  append_file(file_, "one\n");
  EXPECT_EQ(texts(tail), Lines{"one"});
  std::filesystem::resize_file(file_, std::uintmax_t{1} << 40);
  EXPECT_EQ(texts(tail), Lines{});
  EXPECT_FALSE(tail.behind()) << "a terabyte of a hole is no work";
  append_file(file_, "\nend\n");
  EXPECT_EQ(texts(tail), Lines{"end"});
  EXPECT_EQ(tail.oversized_lines(), 1);
}

TEST_F(LineTailTest, StartsAgainWhenTheFileWasCutOrReplaced) {
  LineTail tail(file_, 0, 100);
  append_file(file_, "one\ntwo\nthr");
  EXPECT_EQ(texts(tail).size(), 2U);
  std::filesystem::resize_file(file_, 0);
  append_file(file_, "new\n");
  EXPECT_EQ(texts(tail), Lines{"new"});
  write_file(folder_.path() / "other", "another file\nwith two lines\n");
  std::filesystem::rename(folder_.path() / "other", file_);
  EXPECT_EQ(texts(tail), (Lines{"another file", "with two lines"}));
}

TEST_F(LineTailTest, GoesOnWhereItWasToldTo) {
  append_file(file_, "one\ntwo\nthree\n");
  LineTail tail(file_, 4, 100);
  EXPECT_EQ(texts(tail), (Lines{"two", "three"}));
  LineTail beyond(file_, 4'000, 100);
  EXPECT_EQ(texts(beyond), (Lines{"one", "two", "three"})) << "a cursor of another file means nothing";
}

TEST_F(LineTailTest, ReadsABurstInBoundedParts) {
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "0123456789012345678901234567890123456789\n";
  append_file(file_, many);
  LineTail tail(file_, 0, 100);
  std::size_t total = 0;
  for (int round = 0; round < 100; ++round) {
    const auto lines = tail.poll(64 * 1024);
    EXPECT_LE(lines.size(), 80 * 1024 / 41U);
    total += lines.size();
  }
  EXPECT_EQ(total, 10'000U);
}

TEST_F(LineTailTest, ReadsNothingButAFileOfItsOwnAndSaysWhy) {
  const auto secret = folder_.path() / "secret";
  write_file(secret, "secret\n");
  const std::vector<std::pair<std::string, std::function<void()>>> traps{
      {"link", [&] { std::filesystem::create_symlink(secret, file_); }},
      {"names", [&] { std::filesystem::create_hard_link(secret, file_); }},
      {"not a regular file", [&] { ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0); }},
      {"is a folder", [&] { std::filesystem::create_directory(file_); }},
      {"not a regular file", [&] { bind_socket(file_); }},
  };
  LineTail tail(file_, 0, 100);
  for (const auto& [why, make] : traps) {
    make();
    EXPECT_EQ(texts(tail), Lines{}) << why;
    EXPECT_NE(tail.refusal().find(why), std::string::npos) << tail.refusal();
    std::filesystem::remove(file_);
    EXPECT_EQ(texts(tail), Lines{});
    EXPECT_EQ(tail.refusal(), "");
  }
  append_file(file_, "one\n");
  EXPECT_EQ(texts(tail), Lines{"one"});
}

TEST_F(LineTailTest, DoesNotOpenADevice) {
  if (::mknod(file_.c_str(), S_IFCHR | 0600, makedev(1, 5)) != 0) file_ = "/dev/zero";  // a user other than root
  LineTail tail(file_, 0, 100);
  EXPECT_EQ(texts(tail), Lines{});
  EXPECT_NE(tail.refusal().find("not a regular file"), std::string::npos) << tail.refusal();
}

TEST_F(LineTailTest, StaysInTheFolderThatItBeganIn) {
  const auto pod = folder_.path() / "pod";
  write_file(pod / "telemetry.jsonl", "own\n");
  write_file(folder_.path() / "other/telemetry.jsonl", "foreign\n");
  LineTail tail(pod / "telemetry.jsonl", 0, 100);
  std::filesystem::rename(pod, folder_.path() / "moved");
  std::filesystem::create_symlink(folder_.path() / "other", pod);
  EXPECT_EQ(texts(tail), Lines{"own"});
}

}  // namespace
}  // namespace visionops::sidecar
