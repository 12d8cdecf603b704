// What a folder as a store does beyond the contract (tests/storage).
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

#include "base/digest.h"
#include "tests/unit/storage/temporary_folder.h"
#include "worker/storage/storage_client.h"

namespace visionops::storage {
namespace {

using tests::TemporaryFolder;
namespace fs = std::filesystem;

class LocalStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = open_local_store((folder_ / "store").string());
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().cls, ErrorClass::NotFound);
    fs::create_directory(folder_ / "store");
    opened = open_local_store((folder_ / "store").string());
    ASSERT_TRUE(opened.ok());
    store_ = *opened;
  }
  ErrorClass read_error(const std::string& path) {
    const auto read = store_->read(path, 1000);
    EXPECT_FALSE(read.ok()) << path;
    return read.ok() ? ErrorClass::Internal : read.error().cls;
  }
  TemporaryFolder folder_;
  std::shared_ptr<StorageClient> store_;
};

TEST_F(LocalStoreTest, WritesAFileWithItsFoldersAndTellsItsDigest) {
  const auto written = store_->write("a/b/c.txt", "hello", IfExists::Fail);
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_EQ(written->size, 5);
  EXPECT_EQ(written->sha256, sha256_hex("hello"));
  EXPECT_EQ(folder_.get("store/a/b/c.txt"), "hello");
  EXPECT_EQ(folder_.entries("store/a/b"), 1U);
}

TEST_F(LocalStoreTest, FailKeepEqualAndReplaceTreatAnExistingFileAsTheyAreNamed) {
  ASSERT_TRUE(store_->write("f", "one", IfExists::Fail).ok());
  EXPECT_EQ(store_->write("f", "one", IfExists::Fail).error().cls, ErrorClass::AlreadyExists);
  EXPECT_TRUE(store_->write("f", "one", IfExists::KeepEqual).ok());
  EXPECT_EQ(store_->write("f", "two", IfExists::KeepEqual).error().cls, ErrorClass::AlreadyExists);
  EXPECT_EQ(folder_.get("store/f"), "one");
  EXPECT_TRUE(store_->write("f", "two", IfExists::Replace).ok());
  EXPECT_EQ(folder_.get("store/f"), "two");
  EXPECT_EQ(folder_.entries("store"), 1U);
}

TEST_F(LocalStoreTest, RefusesPathsThatCouldLeaveTheStore) {
  folder_.put("secret", "x");
  for (const char* path :
       {"/etc/passwd", "../secret", "a/../../secret", "a//b", "a/", "", ".", "./a", "a\\b", "C:a", "a\nb"}) {
    EXPECT_EQ(read_error(path), ErrorClass::Invalid) << path;
    EXPECT_EQ(store_->write(path, "y", IfExists::Replace).error().cls, ErrorClass::Invalid) << path;
    EXPECT_EQ(store_->remove(path).error().cls, ErrorClass::Invalid) << path;
  }
  EXPECT_EQ(read_error(std::string("a\0b", 3)), ErrorClass::Invalid);
  EXPECT_EQ(read_error(".visionops-tmp-x"), ErrorClass::Invalid);
  EXPECT_EQ(folder_.get("secret"), "x");
}

TEST_F(LocalStoreTest, FollowsNoLinkAtTheEndOrOnTheWay) {
  folder_.put("outside/file", "x");
  folder_.put("store/inside/file", "y");
  fs::create_directory_symlink(folder_ / "outside", folder_ / "store/way");
  fs::create_symlink(folder_ / "outside/file", folder_ / "store/end");
  fs::create_directory_symlink("inside", folder_ / "store/harmless");
  for (const char* path : {"way/file", "end", "harmless/file"}) {
    EXPECT_EQ(read_error(path), ErrorClass::Invalid) << path;
    EXPECT_FALSE(store_->stat(path).ok()) << path;
    EXPECT_FALSE(store_->digest(path).ok()) << path;
  }
  EXPECT_EQ(store_->write("way/new", "z", IfExists::Fail).error().cls, ErrorClass::Invalid);
  EXPECT_FALSE(fs::exists(folder_ / "outside/new"));
  ASSERT_TRUE(store_->write("end", "z", IfExists::Replace).ok());
  EXPECT_EQ(folder_.get("outside/file"), "x") << "the link itself is replaced, not what it leads to";
}

TEST_F(LocalStoreTest, RefusesPipesFoldersAndDevicesWithoutBlocking) {
  ASSERT_EQ(::mkfifo((folder_ / "store/pipe").c_str(), 0600), 0);
  fs::create_directory(folder_ / "store/dir");
  EXPECT_EQ(read_error("pipe"), ErrorClass::Invalid);
  EXPECT_EQ(read_error("dir"), ErrorClass::Invalid);
  EXPECT_EQ(read_error("missing"), ErrorClass::NotFound);
  EXPECT_EQ(read_error("missing/too"), ErrorClass::NotFound);
}

TEST_F(LocalStoreTest, ListsRegularFilesSortedBytewiseWithoutLinksAndTemporaries) {
  for (const char* name : {"store/b", "store/a/z", "store/a/B", "store/a.txt", "store/.visionops-tmp-host_1_1_0"})
    folder_.put(name, "x");
  fs::create_symlink("b", folder_ / "store/link");
  const auto all = store_->list("", true);
  ASSERT_TRUE(all.ok());
  std::string paths;
  for (const auto& file : *all) paths += file.path + " ";
  EXPECT_EQ(paths, "a.txt a/B a/z b ");
  const auto flat = store_->list("", false);
  ASSERT_EQ(flat->size(), 3U);
  EXPECT_TRUE(flat->front().path == "a" && flat->front().directory);
  EXPECT_EQ(store_->list("missing", true).error().cls, ErrorClass::NotFound);
}

TEST_F(LocalStoreTest, CopiesAndLinksWithTheDigestOfWhatArrived) {
  fs::create_directory(folder_ / "other");
  const auto other = *open_local_store((folder_ / "other").string());
  const std::string bytes(200000, 'q');
  ASSERT_TRUE(store_->write("f", bytes, IfExists::Fail).ok());
  const auto copied = other->copy_from(*store_, "f", "x/copy", ImageMode::Copy, IfExists::Fail);
  const auto linked = other->copy_from(*store_, "f", "x/link", ImageMode::Link, IfExists::Fail);
  ASSERT_TRUE(copied.ok() && linked.ok());
  EXPECT_EQ(copied->sha256, sha256_hex(bytes));
  EXPECT_EQ(linked->sha256, sha256_hex(bytes));
  EXPECT_EQ(fs::hard_link_count(folder_ / "other/x/copy"), 1U);
  EXPECT_EQ(fs::hard_link_count(folder_ / "other/x/link"), 2U);
  EXPECT_EQ(folder_.get("other/x/copy"), bytes);
  EXPECT_EQ(other->copy_from(*store_, "f", "x/link", ImageMode::Link, IfExists::Fail).error().cls,
            ErrorClass::AlreadyExists);
  EXPECT_TRUE(other->copy_from(*store_, "f", "x/link", ImageMode::Link, IfExists::Replace).ok());
  EXPECT_TRUE(other->copy_from(*store_, "f", "x/copy", ImageMode::Copy, IfExists::KeepEqual).ok());
  EXPECT_EQ(folder_.entries("other/x"), 2U) << "replacing a link by itself leaves no second name";
}

TEST_F(LocalStoreTest, CopiesAcrossFileSystemsWhenALinkIsNotPossible) {
  if (!fs::is_directory("/dev/shm")) FAIL() << "needs a second file system at /dev/shm";
  std::string name = "/dev/shm/visionops-test-XXXXXX";
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const auto far = *open_local_store(name);
  ASSERT_TRUE(store_->write("f", "bytes", IfExists::Fail).ok());
  const auto linked = far->copy_from(*store_, "f", "g", ImageMode::Link, IfExists::Fail);
  ASSERT_TRUE(linked.ok()) << linked.error().message;
  EXPECT_EQ(linked->sha256, sha256_hex("bytes"));
  EXPECT_EQ(fs::hard_link_count(name + "/g"), 1U);
  fs::remove_all(name);
}

TEST_F(LocalStoreTest, GoesOnAfterAFolderItKeptOpenWasRemoved) {
  ASSERT_TRUE(store_->write("dir/a", "1", IfExists::Fail).ok());
  fs::remove_all(folder_ / "store/dir");
  const auto again = store_->write("dir/a", "2", IfExists::Fail);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(folder_.get("store/dir/a"), "2");
}

TEST_F(LocalStoreTest, RemovesFilesAndEmptyFoldersOnly) {
  ASSERT_TRUE(store_->write("dir/a", "1", IfExists::Fail).ok());
  EXPECT_FALSE(store_->remove("dir").ok());
  EXPECT_TRUE(store_->remove("dir/a").ok());
  EXPECT_TRUE(store_->remove("dir").ok());
  EXPECT_EQ(store_->remove("dir").error().cls, ErrorClass::NotFound);
  EXPECT_TRUE(store_->write("dir/a", "1", IfExists::Fail).ok()) << "a removed folder is made again";
}

TEST_F(LocalStoreTest, AKilledWriterLeavesNothingThatIsSeenOrStays) {
  const pid_t child = ::fork();
  if (child == 0) {
    // dies between its writes: every file that has a name must be whole
    for (int i = 0;; ++i)
      (void)store_->write("k/" + std::to_string(i % 500), std::string(100000, 'k'), IfExists::Replace);
  }
  ::usleep(150000);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  const auto files = store_->list("k", true);
  ASSERT_TRUE(files.ok());
  ASSERT_FALSE(files->empty());
  for (const auto& file : *files) EXPECT_EQ(file.size, 100000) << file.path;
  const auto fresh = *open_local_store((folder_ / "store").string());
  ASSERT_TRUE(fresh->write("k/last", "x", IfExists::Fail).ok());
  EXPECT_EQ(folder_.entries("store/k"), files->size() + 1) << "temporary names of the dead writer are swept";
}

TEST(OpenStore, TakesTheFolderFromTheEnvironmentAndRefusesOddNames) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "datasets");
  ::setenv("VISIONOPS_STORES", folder.path().c_str(), 1);
  EXPECT_TRUE(open_store("datasets").ok());
  EXPECT_EQ(open_store("nothing").error().cls, ErrorClass::NotFound);
  for (const char* name : {"..", "a/b", "", "A"}) EXPECT_EQ(open_store(name).error().cls, ErrorClass::Invalid) << name;
  ::unsetenv("VISIONOPS_STORES");
}

}  // namespace
}  // namespace visionops::storage
