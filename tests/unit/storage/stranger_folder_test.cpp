#include "worker/storage/local/stranger_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "tests/unit/storage/temporary_folder.h"

namespace visionops::storage {
namespace {

TEST(StrangerFolder, AFileMayHaveHolesOfSoManyBytesAndNoMore) {
  const tests::TemporaryFolder folder;
  folder.put("weights.pt", "");
  const FileDescriptor directory(::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::filesystem::resize_file(folder / "weights.pt", kMostUnwrittenBytes);
  EXPECT_TRUE(open_file_of_stranger(directory.get(), "weights.pt").ok());
  std::filesystem::resize_file(folder / "weights.pt", kMostUnwrittenBytes * 12);
  const auto refused = open_file_of_stranger(directory.get(), "weights.pt");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().cls, ErrorClass::Invalid);
  EXPECT_EQ(refused.error().message,
            "weights.pt: is sparse: of its 3.0 GiB only 0 B were written; write it as a whole");
}

TEST(StrangerFolder, AFileOfWhichAFourthIsWrittenIsNoHole) {
  const tests::TemporaryFolder folder;
  folder.put("weights.pt", std::string(24 << 20, 'w'));
  const FileDescriptor directory(::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::filesystem::resize_file(folder / "weights.pt", kMostUnwrittenBytes + (95 << 20));
  EXPECT_TRUE(open_file_of_stranger(directory.get(), "weights.pt").ok());
  std::filesystem::resize_file(folder / "weights.pt", kMostUnwrittenBytes + (120 << 20));
  EXPECT_FALSE(open_file_of_stranger(directory.get(), "weights.pt").ok());
}

}  // namespace
}  // namespace visionops::storage
