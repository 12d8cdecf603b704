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

/// A chunk of PNG that nobody looks into, so that its checksum does not matter.
std::string chunk(const std::string& type, const std::string& body) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(body.size() >> shift);
  return out + type + body + "CRC?";
}

TEST_F(ImageFileTest, TheOrientationOfAPngMayStandFarBehind) {
  const std::string png = tests::picture(".png", 40, 30);
  const std::string exif("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 26);
  for (const std::size_t before : {std::size_t{10}, std::size_t{5'000}, std::size_t{300'000}, std::size_t{6} << 20U}) {
    folder_.put("a.png",
                png.substr(0, 33) + chunk("tEXt", std::string(before, 'x')) + chunk("eXIf", exif) + png.substr(33));
    const auto header = read_image_file_header(**storage::open_local_store(folder_.path().string()), "a.png");
    ASSERT_TRUE(header.ok()) << before << " " << header.error().message;
    EXPECT_EQ(header->orientation, 6) << before;
    EXPECT_EQ(header->width, 40);
  }
  folder_.put("b.png", png.substr(0, 33) + chunk("tEXt", std::string(5 << 20U, 'x')));
  const auto cut = read_image_file_header(**storage::open_local_store(folder_.path().string()), "b.png");
  ASSERT_TRUE(cut.ok()) << "it has a size, and what it lacks is the matter of whoever reads it whole";
  EXPECT_EQ(cut->orientation, 1);
}

TEST_F(ImageFileTest, AGifUnderAnotherNameIsNamed) {
  const std::string gif("GIF89a\2\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\2\0\1\0\0\2\2\x44\x51\0;", 35);
  folder_.put("a.gif", gif);
  folder_.put("a.jpg", gif);
  const auto store = *storage::open_local_store(folder_.path().string());
  EXPECT_EQ(check_image_file(*store, "a.gif")->damage, "");
  EXPECT_EQ(check_image_file(*store, "a.jpg")->damage, "holds GIF, and is named .jpg");
}

TEST_F(ImageFileTest, ATiffThatEndsInItsPixelsIsDamagedUpToASize) {
  // 3 x 2 with one strip of 6 bytes that begins behind the end of the file.
  std::string tiff("II*\0\x08\0\0\0\x04\0", 10);
  for (const auto& [tag, value] : {std::pair{0, 3}, std::pair{1, 2}, std::pair{17, 0}, std::pair{23, 6}}) {
    tiff += std::string{static_cast<char>(tag), 1, 4, 0, 1, 0, 0, 0, static_cast<char>(value), 0, 0};
    tiff += tag == 17 ? '\x7f' : '\0';  // at 2 GiB
  }
  folder_.put("a.tif", tiff + std::string(4, '\0'));
  const auto store = *storage::open_local_store(folder_.path().string());
  EXPECT_NE(check_image_file(*store, "a.tif")->damage, "");
  std::filesystem::resize_file(folder_ / "a.tif", 17U << 20U);
  EXPECT_EQ(check_image_file(*store, "a.tif")->damage, "") << "left to the step that decodes it";
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
