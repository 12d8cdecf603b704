#include "worker/storage/beneath/new_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "tests/unit/storage/temporary_folder.h"
#include "worker/storage/beneath/open_beneath.h"
#include "worker/storage/storage_client.h"

namespace visionops::storage {
namespace {

using tests::TemporaryFolder;
namespace fs = std::filesystem;

FileDescriptor open_directory(const fs::path& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

class NewFileTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  FileDescriptor fd_ = open_directory(folder_.path());
};

TEST_F(NewFileTest, AppearsUnderItsNameWithAllBytes) {
  {
    auto file = NewFile::create(fd_.get(), "a");
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE(file->append("one").ok());
    ASSERT_TRUE(file->append("two").ok());
    EXPECT_FALSE(fs::exists(folder_ / "a"));
    ASSERT_TRUE(file->place("a", false).ok());
  }
  EXPECT_EQ(folder_.get("a"), "onetwo");
  EXPECT_EQ(folder_.entries(), 1U);
}

TEST_F(NewFileTest, VanishesWhenItWasNotPlaced) {
  {
    auto file = NewFile::create(fd_.get(), "a");
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE(file->append("one").ok());
  }
  EXPECT_EQ(folder_.entries(), 0U);
}

TEST_F(NewFileTest, DoesNotTakeANameThatIsTakenUnlessTold) {
  folder_.put("a", "old");
  for (const bool replace : {false, true}) {
    auto file = NewFile::create(fd_.get(), "a");
    ASSERT_TRUE(file->append("new").ok());
    const auto placed = file->place("a", replace);
    EXPECT_EQ(placed.ok(), replace);
    if (!placed) {
      EXPECT_EQ(placed.error().cls, ErrorClass::AlreadyExists);
    }
    EXPECT_EQ(folder_.get("a"), replace ? "new" : "old");
  }
  EXPECT_EQ(folder_.entries(), 1U);
}

TEST(Sweep, RemovesWhatDeadWritersLeftAndNothingElse) {
  const TemporaryFolder folder;
  const auto fd = open_directory(folder.path());
  auto living = NewFile::create(fd.get(), "x");
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  const std::string dead = std::string(kTemporaryPrefix) + host + "_4194303_1_0";  // beyond pid_max of most machines
  folder.put(dead, "x");
  folder.put(std::string(kTemporaryPrefix) + "elsewhere_1_1_0", "young: another host may be writing it");
  folder.put("data", "x");
  sweep_temporaries(fd.get());
  EXPECT_FALSE(fs::exists(folder / dead));
  EXPECT_EQ(folder.entries(), 3U);
}

TEST(Sweep, TheOnlyWriterOfAFolderLeavesNothingOfAnybodyBelowIt) {
  const TemporaryFolder folder;
  const std::string left = std::string(kTemporaryPrefix) + "a-pod-that-died_1_1_0";
  folder.put("set/" + left, "x");
  folder.put("set/images/train/" + left, "x");
  folder.put("set/images/train/a.png", "x");
  folder.put("other/" + left, "x");
  const auto store = open_local_store(folder.path().string());
  ASSERT_TRUE((*store)->sweep("set").ok());
  EXPECT_FALSE(fs::exists(folder / "set" / left));
  EXPECT_FALSE(fs::exists(folder / "set/images/train" / left));
  EXPECT_TRUE(fs::exists(folder / "set/images/train/a.png"));
  EXPECT_TRUE(fs::exists(folder / "other" / left));
}

TEST(OpenBeneath, TheWalkRefusesWhatOpenat2Refuses) {
  const TemporaryFolder folder;
  folder.put("store/dir/file", "x");
  folder.put("outside/file", "x");
  fs::create_directory_symlink(folder / "outside", folder / "store/way");
  fs::create_symlink(folder / "outside/file", folder / "store/end");
  const auto root = open_directory(folder / "store");
  for (const auto open : {open_beneath, open_beneath_by_walk}) {
    EXPECT_TRUE(open(root.get(), "dir/file", O_RDONLY, 0).ok());
    EXPECT_TRUE(open(root.get(), "", O_RDONLY | O_DIRECTORY, 0).ok());
    EXPECT_EQ(open(root.get(), "way/file", O_RDONLY, 0).error().cls, ErrorClass::Invalid);
    EXPECT_EQ(open(root.get(), "end", O_RDONLY, 0).error().cls, ErrorClass::Invalid);
    EXPECT_EQ(open(root.get(), "dir/none", O_RDONLY, 0).error().cls, ErrorClass::NotFound);
    EXPECT_EQ(open(root.get(), "dir/file/deeper", O_RDONLY, 0).error().cls, ErrorClass::NotFound);
  }
}

}  // namespace
}  // namespace visionops::storage
