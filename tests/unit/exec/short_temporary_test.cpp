#include "worker/exec/process/short_temporary.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

namespace visionops::exec {
namespace {

namespace fs = std::filesystem;

class ShortTemporaryTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "short.XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { fs::remove_all(root_); }

  fs::path root_;
};

/// As Python's multiprocessing makes one.
bool binds_below(const std::string& folder) {
  const std::string name = folder + "/pymp-abcdefgh";
  fs::create_directories(name);
  const std::string path = name + "/listener-abcdefgh";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return bound;
}

TEST_F(ShortTemporaryTest, SocketsFitBelowAFolderWithALongName) {
  const auto place = root_ / std::string(90, 'x') / "tmp";
  std::vector<std::string> environment{"A=1", "TMPDIR=" + place.string()};
  fs::path link;
  {
    const ShortTemporary temporary(environment);
    link = environment[1].substr(7);
    EXPECT_FALSE(binds_below(place.string())) << "else there is nothing to shorten";
    EXPECT_TRUE(binds_below(link.string()));
    EXPECT_TRUE(fs::exists(place / "pymp-abcdefgh")) << "it is the same folder";
  }
  EXPECT_FALSE(fs::exists(link.parent_path()));
  EXPECT_TRUE(fs::exists(place)) << "what the trainer left there is not ours";
}

TEST_F(ShortTemporaryTest, AShortNameStaysAndItsFolderIsMade) {
  const std::string place = (root_ / "t").string();
  std::vector<std::string> environment{"TMPDIR=" + place};
  const ShortTemporary temporary(environment);
  EXPECT_EQ(environment, std::vector<std::string>{"TMPDIR=" + place});
  EXPECT_TRUE(fs::is_directory(place));
}

}  // namespace
}  // namespace visionops::exec
