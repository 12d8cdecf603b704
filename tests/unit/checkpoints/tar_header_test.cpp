#include "worker/checkpoints/tar_header.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace visionops::checkpoints {
namespace {

/// By the table of pax(1), POSIX.1-2001, chapter "ustar Interchange Format".
std::string header(const std::string& name, const std::string& size, char type, const std::string& prefix = "") {
  std::string block(512, '\0');
  const auto put = [&block](std::size_t at, const std::string& text) { block.replace(at, text.size(), text); };
  put(0, name);
  put(100, "0000644");
  put(124, size);
  put(136, "00000000000");
  block[156] = type;
  put(257, std::string("ustar\0", 6) + "00");
  put(345, prefix);
  put(148, "        ");
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  block.replace(148, 8, std::string(text, 6) + std::string("\0 ", 2));
  return block;
}

TEST(TarHeader, IsReadAsPosixSays) {
  const auto read = read_tar_header(header("model.pt", "00000001750", '0', "checkpoint-18/deep"));
  ASSERT_TRUE(read.ok() && *read);
  EXPECT_EQ((*read)->path, "checkpoint-18/deep/model.pt");
  EXPECT_EQ((*read)->size, 1000U);
  EXPECT_EQ((*read)->type, '0');
  const auto folder = read_tar_header(header("checkpoint-18/", "00000000000", '5'));
  ASSERT_TRUE(folder.ok() && *folder);
  EXPECT_EQ((*folder)->path, "checkpoint-18");
}

TEST(TarHeader, ANameMayFillItsField) {
  const std::string name(100, 'n');
  const auto read = read_tar_header(header(name, "00000000001", '0'));
  ASSERT_TRUE(read.ok() && *read);
  EXPECT_EQ((*read)->path, name);
}

TEST(TarHeader, SizesFromEightGibibytesAreInBase256) {
  std::string size(12, '\0');
  size[0] = '\x80';
  size[7] = '\x02';  // 2^33
  const auto read = read_tar_header(header("big", size, '0'));
  ASSERT_TRUE(read.ok() && *read);
  EXPECT_EQ((*read)->size, std::uint64_t{1} << 33U);
  size[1] = '\x01';  // more than 64 bits
  EXPECT_FALSE(read_tar_header(header("big", size, '0')).ok());
}

TEST(TarHeader, ABlockOfZerosEndsTheArchive) {
  const auto read = read_tar_header(std::string(512, '\0'));
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(*read);
}

TEST(TarHeader, EveryByteThatIsChangedIsSeen) {
  const auto good = header("model.pt", "00000001750", '0');
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    const auto read = read_tar_header(bad);
    const bool padding = i >= 148 && i < 156;  // of the checksum itself, whose end may be written in several ways
    EXPECT_TRUE(padding || !read.ok()) << "byte " << i;
  }
}

TEST(TarHeader, ASizeThatIsNoNumberIsRefused) {
  for (const char* size : {"", "0000000000x", "-0000000001", "99999999999"}) {
    EXPECT_FALSE(read_tar_header(header("a", size, '0')).ok()) << size;
  }
}

}  // namespace
}  // namespace visionops::checkpoints
