#include "worker/dataset/folder/image_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/dataset_folder/picture.h"
#include "tests/unit/storage/temporary_folder.h"

namespace visionops::dataset_folder {
namespace {

class ImageFileTest : public testing::Test {
 protected:
  /// A TIFF of 3 x 2 with its directory at this byte; what stands before is a hole.
  Result<annotations::ImageHeader> header_of_tiff(std::uint32_t directory) {
    std::string begin("II*\0", 4), end("\x02\0\0\x01\x03\0\x01\0\0\0\x03\0\0\0\x01\x01\x03\0\x01\0\0\0\x02\0\0\0", 26);
    for (int i = 0; i < 4; ++i) begin += static_cast<char>(directory >> (8 * i));
    folder_.put("a.tif", begin);
    std::filesystem::resize_file(folder_ / "a.tif", directory);
    std::ofstream(folder_ / "a.tif", std::ios::binary | std::ios::app) << end;
    return read_image_file_header(**storage::open_local_store(folder_.path().string()), "a.tif");
  }
  tests::TemporaryFolder folder_;
};

TEST_F(ImageFileTest, TheDirectoryOfATiffMayStandBehindItsPixels) {
  for (const std::uint32_t directory : {8U, 5'000U, 1U << 20U, (1U << 20U) - 13U, 70U << 20U}) {
    const auto header = header_of_tiff(directory);
    ASSERT_TRUE(header.ok()) << directory << " " << header.error().message;
    EXPECT_EQ(header->width, 3);
    EXPECT_EQ(header->height, 2);
  }
  std::filesystem::resize_file(folder_ / "a.tif", 70U << 20U);
  const auto cut = read_image_file_header(**storage::open_local_store(folder_.path().string()), "a.tif");
  ASSERT_FALSE(cut.ok());
  EXPECT_EQ(cut.error().message, "the file ends in its header");
}

TEST_F(ImageFileTest, AWholeTiffIsNoDamage) {
  folder_.put("a.tiff", tests::picture(".tiff", 40, 30));
  const auto checked = check_image_file(**storage::open_local_store(folder_.path().string()), "a.tiff");
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->damage, "");
  ASSERT_TRUE(checked->header.has_value());
  EXPECT_EQ(checked->header->width, 40);
}

}  // namespace
}  // namespace visionops::dataset_folder
