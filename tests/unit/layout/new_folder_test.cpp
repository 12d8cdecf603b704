#include "worker/layout/new_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace visionops::layout {
namespace {

namespace fs = std::filesystem;

class NewFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "visionops-new-folder-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { fs::remove_all(root_); }

  fs::path root_;
};

TEST_F(NewFolderTest, NothingStandsInItsPlaceBeforeItIsFinished) {
  {
    auto folder = NewFolder::begin(root_ / "data");
    ASSERT_TRUE(folder.ok());
    ASSERT_TRUE(folder->write("labels/train/a.txt", "0 1 2 3 4\n").ok());
    EXPECT_FALSE(fs::exists(root_ / "data"));
  }
  EXPECT_TRUE(fs::is_empty(root_));
}

TEST_F(NewFolderTest, TakesThePlaceOfWhatAKilledOneLeftAndOfWhatStoodThere) {
  fs::create_directories(root_ / "data/old");
  fs::create_directories(root_ / ".data.new/half");
  auto folder = NewFolder::begin(root_ / "data");
  ASSERT_TRUE(folder.ok());
  ASSERT_TRUE(folder->link("images/a.jpg", "/stores/x/a.jpg").ok());
  ASSERT_TRUE(folder->finish().ok());
  EXPECT_EQ(fs::read_symlink(root_ / "data/images/a.jpg"), "/stores/x/a.jpg");
  EXPECT_FALSE(fs::exists(root_ / "data/old"));
  EXPECT_FALSE(fs::exists(root_ / "data/half"));
  EXPECT_FALSE(fs::exists(root_ / ".data.new"));
}

TEST_F(NewFolderTest, RefusesPathsOutOfIt) {
  auto folder = NewFolder::begin(root_ / "data");
  ASSERT_TRUE(folder.ok());
  for (const char* path : {"../a", "/a", "a/../../b", ""}) {
    EXPECT_FALSE(folder->write(path, "x").ok()) << path;
    EXPECT_FALSE(folder->link(path, "x").ok()) << path;
    EXPECT_FALSE(folder->make(path).ok()) << path;
  }
  ASSERT_TRUE(folder->write("twice", "1").ok());
  EXPECT_FALSE(folder->write("twice", "2").ok());
}

TEST_F(NewFolderTest, RemovingATreeDoesNotFollowItsLinks) {
  fs::create_directories(root_ / "kept");
  std::ofstream(root_ / "kept/file") << "x";
  fs::create_directories(root_ / "gone");
  fs::create_directory_symlink(root_ / "kept", root_ / "gone/link");
  ASSERT_TRUE(remove_tree(root_ / "gone").ok());
  EXPECT_TRUE(fs::exists(root_ / "kept/file"));
  EXPECT_TRUE(remove_tree(root_ / "gone").ok());
}

}  // namespace
}  // namespace visionops::layout
