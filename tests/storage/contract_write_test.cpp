#include <atomic>
#include <thread>
#include <vector>

#include "base/digest.h"
#include "tests/storage/contract.h"

namespace visionops::storage {
namespace {

TEST_P(StorageContract, WritesAFileWithItsFoldersAndTellsItsDigest) {
  const auto written = store().write("a/b/c.txt", "hello", IfExists::Fail);
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_EQ(written->size, 5);
  EXPECT_EQ(written->sha256, sha256_hex("hello"));
  EXPECT_EQ(get("a/b/c.txt"), "hello");
  const auto digest = store().digest("a/b/c.txt");
  ASSERT_TRUE(digest.ok()) << digest.error().message;
  EXPECT_EQ(digest->size, 5);
  EXPECT_EQ(digest->sha256, sha256_hex("hello"));
}

TEST_P(StorageContract, FailKeepEqualAndReplaceTreatAnExistingFileAsTheyAreNamed) {
  put("f", "one");
  EXPECT_EQ(store().write("f", "one", IfExists::Fail).error().cls, ErrorClass::AlreadyExists);
  EXPECT_TRUE(store().write("f", "one", IfExists::KeepEqual).ok());
  EXPECT_EQ(store().write("f", "two", IfExists::KeepEqual).error().cls, ErrorClass::AlreadyExists);
  EXPECT_EQ(store().write("f", "longer", IfExists::KeepEqual).error().cls, ErrorClass::AlreadyExists);
  EXPECT_EQ(get("f"), "one");
  EXPECT_TRUE(store().write("f", "two", IfExists::Replace).ok());
  EXPECT_EQ(get("f"), "two");
  EXPECT_TRUE(store().write("new", "x", IfExists::KeepEqual).ok());
  EXPECT_TRUE(store().write("newer", "x", IfExists::Replace).ok());
  EXPECT_EQ(listed("", true), "f new newer ");
}

TEST_P(StorageContract, TakesLargeFilesWithTheSameRules) {
  const std::string bytes = large_bytes();
  const auto written = store().write("large/f", bytes, IfExists::Fail);
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_EQ(written->sha256, sha256_hex(bytes));
  EXPECT_TRUE(get("large/f") == bytes);
  EXPECT_EQ(store().digest("large/f")->sha256, written->sha256);
  EXPECT_EQ(store().write("large/f", bytes, IfExists::Fail).error().cls, ErrorClass::AlreadyExists);
  EXPECT_TRUE(store().write("large/f", bytes, IfExists::KeepEqual).ok());
  std::string changed = bytes;
  changed.back() = static_cast<char>(changed.back() + 1);
  EXPECT_EQ(store().write("large/f", changed, IfExists::KeepEqual).error().cls, ErrorClass::AlreadyExists);
  EXPECT_EQ(store().digest("large/f")->sha256, written->sha256);
  ASSERT_TRUE(store().write("large/f", changed, IfExists::Replace).ok());
  EXPECT_EQ(store().digest("large/f")->sha256, sha256_hex(changed));
}

TEST_P(StorageContract, CopiesAndLinksWithTheDigestOfWhatArrived) {
  const auto target = other();
  const std::string bytes(200000, 'q');
  put("f", bytes);
  for (const auto mode : {ImageMode::Copy, ImageMode::Link}) {
    const std::string path = mode == ImageMode::Copy ? "x/copy" : "x/link";
    const auto copied = target->copy_from(store(), "f", path, mode, IfExists::Fail);
    ASSERT_TRUE(copied.ok()) << copied.error().message;
    EXPECT_EQ(copied->size, 200000);
    EXPECT_EQ(copied->sha256, sha256_hex(bytes));
    EXPECT_TRUE(get(*target, path) == bytes);
    EXPECT_EQ(target->copy_from(store(), "f", path, mode, IfExists::Fail).error().cls, ErrorClass::AlreadyExists);
    EXPECT_TRUE(target->copy_from(store(), "f", path, mode, IfExists::KeepEqual).ok());
    EXPECT_TRUE(target->copy_from(store(), "f", path, mode, IfExists::Replace).ok());
    EXPECT_TRUE(get(*target, path) == bytes);
  }
  put("g", "other");
  EXPECT_EQ(target->copy_from(store(), "g", "x/copy", ImageMode::Copy, IfExists::KeepEqual).error().cls,
            ErrorClass::AlreadyExists);
  EXPECT_EQ(target->copy_from(store(), "missing", "y", ImageMode::Copy, IfExists::Fail).error().cls,
            ErrorClass::NotFound);
  EXPECT_EQ(target->copy_from(store(), "../g", "y", ImageMode::Copy, IfExists::Fail).error().cls, ErrorClass::Invalid);
}

TEST_P(StorageContract, CopiesLargeFilesInEveryMode) {
  const auto target = other();
  const std::string bytes = large_bytes();
  const std::string digest = sha256_hex(bytes);
  put("f", bytes);
  for (const auto how : {IfExists::Fail, IfExists::KeepEqual, IfExists::Replace}) {
    const std::string path = "x/" + std::to_string(static_cast<int>(how));
    const auto copied = target->copy_from(store(), "f", path, ImageMode::Copy, how);
    ASSERT_TRUE(copied.ok()) << copied.error().message;
    EXPECT_EQ(copied->sha256, digest);
    EXPECT_EQ(target->digest(path)->sha256, digest);
  }
  EXPECT_EQ(target->copy_from(store(), "f", "x/0", ImageMode::Copy, IfExists::Fail).error().cls,
            ErrorClass::AlreadyExists);
  const auto again = target->copy_from(store(), "f", "x/0", ImageMode::Copy, IfExists::KeepEqual);
  EXPECT_TRUE(again.ok()) << again.error().message;
}

TEST_P(StorageContract, CopiesWithinAStore) {
  put("f", "bytes");
  const auto copied = store().copy_from(store(), "f", "best", ImageMode::Link, IfExists::Replace);
  ASSERT_TRUE(copied.ok()) << copied.error().message;
  EXPECT_EQ(get("best"), "bytes");
  ASSERT_TRUE(store().write("f", "newer", IfExists::Replace).ok());
  EXPECT_EQ(get("best"), "bytes") << "replacing the one leaves the other";
}

TEST_P(StorageContract, RemovesFilesAndEmptyFoldersOnly) {
  put("dir/a", "1");
  EXPECT_FALSE(store().remove("dir").ok());
  EXPECT_EQ(get("dir/a"), "1");
  EXPECT_TRUE(store().remove("dir/a").ok());
  EXPECT_EQ(store().remove("dir/a").error().cls, ErrorClass::NotFound);
  const auto removed = store().remove("dir");
  EXPECT_TRUE(removed.ok() || removed.error().cls == ErrorClass::NotFound) << removed.error().message;
  EXPECT_EQ(store().remove("dir").error().cls, ErrorClass::NotFound);
  EXPECT_EQ(store().list("dir", true).error().cls, ErrorClass::NotFound);
  EXPECT_TRUE(store().write("dir/a", "1", IfExists::Fail).ok()) << "a removed folder is made again";
  EXPECT_TRUE(store().sync().ok());
}

TEST_P(StorageContract, SweepingTakesNoFile) {
  put("set/images/a", "1");
  put("set/manifest.json", "2");
  EXPECT_TRUE(store().sweep("set").ok());
  EXPECT_TRUE(store().sweep("").ok());
  EXPECT_TRUE(store().sweep("missing").ok());
  EXPECT_EQ(store().list("set", true)->size(), 2U);
}

TEST_P(StorageContract, ManyThreadsWriteOneNameAndExactlyOneWins) {
  std::atomic<int> won{0};
  std::atomic<int> other_errors{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 20; ++i) {
          const auto written = store().write("d" + std::to_string(i) + "/f", std::to_string(t), IfExists::Fail);
          won += written.ok() ? 1 : 0;
          other_errors += !written.ok() && written.error().cls != ErrorClass::AlreadyExists ? 1 : 0;
        }
      });
    }
  }
  EXPECT_EQ(won, 20);
  EXPECT_EQ(other_errors, 0);
}

TEST_P(StorageContract, ManyThreadsWriteTheSameBytesAndAllOfThemAreFine) {
  std::atomic<int> fine{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          const auto written = store().write("same/" + std::to_string(i), "bytes", IfExists::KeepEqual);
          fine += written.ok() ? 1 : 0;
          EXPECT_TRUE(written.ok()) << written.error().message;
        }
      });
    }
  }
  EXPECT_EQ(fine, 80);
}

}  // namespace
}  // namespace visionops::storage
