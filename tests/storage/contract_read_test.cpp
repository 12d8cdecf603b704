#include "base/digest.h"
#include "tests/storage/contract.h"

namespace visionops::storage {
namespace {

TEST_P(StorageContract, RefusesPathsThatCouldLeaveTheStore) {
  for (const char* path :
       {"/etc/passwd", "../secret", "a/../../secret", "a//b", "a/", "", ".", "./a", "a\\b", "C:a", "a\nb"}) {
    EXPECT_EQ(read_error(path), ErrorClass::Invalid) << path;
    EXPECT_EQ(store().write(path, "y", IfExists::Replace).error().cls, ErrorClass::Invalid) << path;
    EXPECT_EQ(store().digest(path).error().cls, ErrorClass::Invalid) << path;
    EXPECT_EQ(store().remove(path).error().cls, ErrorClass::Invalid) << path;
  }
  EXPECT_EQ(read_error(std::string("a\0b", 3)), ErrorClass::Invalid);
  EXPECT_EQ(read_error(".visionops-tmp-x"), ErrorClass::Invalid);
  EXPECT_EQ(store().list("../", true).error().cls, ErrorClass::Invalid);
  EXPECT_EQ(store().stat("../x").error().cls, ErrorClass::Invalid);
}

TEST_P(StorageContract, ReadsAPrefixButRefusesALargerFile) {
  put("f", std::string(5000, 'x'));
  put("empty", "");
  EXPECT_EQ(store().read("f", 4999).error().cls, ErrorClass::Invalid);
  EXPECT_EQ(store().read("f", 4999, true)->size(), 4999U);
  EXPECT_EQ(store().read("f", 9999, true)->size(), 5000U);
  EXPECT_EQ(store().read("f", 5000)->size(), 5000U);
  EXPECT_EQ(*store().read("empty", 10), "");
  EXPECT_EQ(*store().read("empty", 10, true), "");
  EXPECT_EQ(*store().read("empty", 0), "");
}

TEST_P(StorageContract, ReadsInChunksThatJoinToTheFile) {
  std::string bytes;
  for (int i = 0; i < 400000; ++i) bytes += std::to_string(i);
  put("f", bytes);
  std::string joined;
  std::size_t largest = 0;
  std::size_t chunks = 0;
  const auto read = store().read_chunks("f", 1 << 30, [&](std::string_view chunk) -> Status {
    joined += chunk;
    largest = std::max(largest, chunk.size());
    ++chunks;
    return {};
  });
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_TRUE(joined == bytes);
  EXPECT_GT(chunks, 1U);
  EXPECT_LE(largest, 1024U * 1024U);
}

TEST_P(StorageContract, StopsReadingAtTheFirstErrorOfTheConsumerAndGivesItBack) {
  put("f", std::string(3'000'000, 'x'));
  int calls = 0;
  const auto stopped = store().read_chunks("f", 1 << 30, [&](std::string_view) -> Status {
    ++calls;
    return invalid_error("no");
  });
  EXPECT_EQ(stopped.error().message, "no");
  EXPECT_EQ(calls, 1);
  const auto large = store().read_chunks("f", 2'999'999, [&](std::string_view) -> Status {
    ++calls;
    return {};
  });
  EXPECT_EQ(large.error().cls, ErrorClass::Invalid);
  EXPECT_EQ(calls, 1) << "a file that is too large is refused before its first byte";
}

TEST_P(StorageContract, TellsMissingFilesFromOthers) {
  put("dir/f", "x");
  EXPECT_EQ(read_error("missing"), ErrorClass::NotFound);
  EXPECT_EQ(read_error("missing/too"), ErrorClass::NotFound);
  EXPECT_EQ(store().read("missing", 10, true).error().cls, ErrorClass::NotFound);
  EXPECT_EQ(store().digest("missing").error().cls, ErrorClass::NotFound);
  EXPECT_EQ(store().stat("missing").error().cls, ErrorClass::NotFound);
  EXPECT_EQ(store().read_chunks("missing", 10, [](std::string_view) { return Status(); }).error().cls,
            ErrorClass::NotFound);
  EXPECT_FALSE(store().read("dir", 10).ok()) << "a folder is no file";
}

TEST_P(StorageContract, StatTellsFilesFromFolders) {
  put("dir/f", "12345");
  const auto file = store().stat("dir/f");
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file->size, 5);
  EXPECT_FALSE(file->directory);
  EXPECT_GT(file->mtime_ns, 1'000'000'000'000'000'000) << "later than 2001";
  const auto folder = store().stat("dir");
  ASSERT_TRUE(folder.ok()) << folder.error().message;
  EXPECT_TRUE(folder->directory);
  EXPECT_TRUE(store().stat("")->directory);
}

TEST_P(StorageContract, ListsFilesSortedBytewise) {
  for (const char* name : {"b", "a/z", "a/B", "a.txt", "a/deep/er/f"}) put(name, "x");
  EXPECT_EQ(listed("", true), "a.txt a/B a/deep/er/f a/z b ");
  EXPECT_EQ(listed("", false), "a/ a.txt b ");
  EXPECT_EQ(listed("a", false), "a/B a/deep/ a/z ");
  EXPECT_EQ(listed("a/deep", true), "a/deep/er/f ");
  EXPECT_EQ(store().list("missing", true).error().cls, ErrorClass::NotFound);
  EXPECT_EQ(store().list("missing", false).error().cls, ErrorClass::NotFound);
}

TEST_P(StorageContract, AnEmptyStoreListsAsEmpty) {
  EXPECT_EQ(listed("", true), "");
  EXPECT_EQ(listed("", false), "");
}

TEST_P(StorageContract, TakesNamesWithEveryCharacterThatAPathMayHave) {
  const std::string odd = "od d/100%+&=?#[]'()*!,;:@$~\"<>|^`{}/\xC3\xA4\xE6\xBC\xA2\xF0\x9F\x98\x80.jpg";
  put(odd, "odd");
  EXPECT_EQ(get(odd), "odd");
  EXPECT_EQ(listed("", true), odd + " ");
  EXPECT_EQ(listed("od d", false), "od d/100%+&=?#[]'()*!,;:@$~\"<>|^`{}/ ");
  EXPECT_EQ(store().digest(odd)->sha256, sha256_hex("odd"));
  EXPECT_TRUE(store().remove(odd).ok());
}

}  // namespace
}  // namespace visionops::storage
