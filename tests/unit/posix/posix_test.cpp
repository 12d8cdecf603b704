#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/parallel/parallel_for.h"
#include "base/posix/file_descriptor.h"
#include "base/posix/folder_lock.h"
#include "base/posix/write_all.h"

namespace visionops {
namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

std::array<FileDescriptor, 2> make_pipe() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

TEST(FileDescriptor, ClosesOnceWhoeverHasIt) {
  auto ends = make_pipe();
  const int first = ends[0].get(), second = ends[1].get();
  {
    FileDescriptor moved(std::move(ends[0]));
    EXPECT_FALSE(ends[0]);
    moved = std::move(ends[1]);  // what it had goes
    EXPECT_FALSE(is_open(first));
    EXPECT_TRUE(is_open(second));
  }
  EXPECT_FALSE(is_open(second));
}

TEST(FileDescriptor, LeavesWhatItReleasedOpen) {
  auto ends = make_pipe();
  const int fd = ends[0].release();
  EXPECT_FALSE(ends[0]);
  EXPECT_TRUE(is_open(fd));
  ::close(fd);
}

TEST(WriteAll, GoesOnAfterShortWrites) {
  auto ends = make_pipe();
  const std::string sent(1 << 20, 'x');  // many times what a pipe holds
  std::string got;
  {
    const std::jthread reader([&] {
      std::string part(50'000, '\0');
      for (ssize_t n = 0; (n = ::read(ends[0].get(), part.data(), part.size())) > 0;)
        got.append(part.data(), static_cast<std::size_t>(n));
    });
    EXPECT_TRUE(write_all(ends[1].get(), sent));
    ends[1].reset();
  }
  EXPECT_EQ(got, sent);
}

TEST(WriteAll, SaysWhenItCannot) {
  EXPECT_FALSE(write_all(-1, "x"));
  EXPECT_EQ(errno, EBADF);
  EXPECT_TRUE(write_all(-1, ""));
}

TEST(FolderLock, IsOfOneAndNamesIt) {
  const auto file = std::filesystem::temp_directory_path() / ("folder-lock-" + std::to_string(::getpid()));
  {
    const auto held = FolderLock::acquire(file);
    ASSERT_TRUE(held) << held.error().message;
    const auto other = FolderLock::acquire(file);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().cls, ErrorClass::Conflict);
    EXPECT_EQ(other.error().message, "is in use by process " + std::to_string(::getpid()));
  }
  EXPECT_TRUE(FolderLock::acquire(file)) << "released";
  std::filesystem::remove(file);
  std::filesystem::create_symlink("/dev/null", file);
  EXPECT_FALSE(FolderLock::acquire(file)) << "a link of somebody else";
  std::filesystem::remove(file);
}

TEST(ParallelFor, CallsEachIndexOnce) {
  std::vector<std::atomic<int>> calls(1000);
  parallel_for(calls.size(), 4, [&](std::size_t i) { ++calls[i]; });
  for (const auto& n : calls) EXPECT_EQ(n.load(), 1);
  parallel_for(0, 4, [](std::size_t) { FAIL(); });
}

}  // namespace
}  // namespace visionops
