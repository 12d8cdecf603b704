#include "worker/dataset/images/image_header.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

namespace visionops::annotations {
namespace {

using std::string_view_literals::operator""sv;

/// A real picture with enough detail to fill several kilobytes.
std::string encoded(const char* suffix, int width, int height, const std::vector<int>& parameters = {}) {
  cv::Mat picture(height, width, CV_8UC3);
  cv::randu(picture, 0, 256);
  std::vector<unsigned char> bytes;
  cv::imencode(suffix, picture, bytes, parameters);
  return {bytes.begin(), bytes.end()};
}

/// An APP1 segment with the orientation, in either byte order.
std::string exif(char orientation, bool little) {
  const std::string tiff = little ? std::string("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18) + orientation +
                                        std::string("\0\0\0\0\0\0\0", 7)
                                  : std::string("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19) + orientation +
                                        std::string("\0\0\0\0\0\0", 6);
  const std::string body = std::string("Exif\0\0", 6) + tiff;
  return std::string("\xff\xe1") + static_cast<char>((body.size() + 2) >> 8U) + static_cast<char>(body.size() + 2) +
         body;
}

std::string problem_of(std::string_view bytes, std::size_t piece = 100000) {
  ImageCompleteness completeness;
  for (std::size_t at = 0; at < bytes.size(); at += piece) completeness.feed(bytes.substr(at, piece));
  return completeness.problem();
}

TEST(ImageHeader, TellsSizeAndKindOfWhatOpenCvWrites) {
  for (const auto& [suffix, kind] :
       {std::pair{".jpg", ImageKind::Jpeg}, std::pair{".png", ImageKind::Png}, std::pair{".bmp", ImageKind::Bmp},
        std::pair{".webp", ImageKind::WebP}, std::pair{".tiff", ImageKind::Tiff}}) {
    const auto bytes = encoded(suffix, 123, 77);
    const auto header = read_image_header(bytes);
    ASSERT_TRUE(header.ok() && *header) << suffix;
    EXPECT_EQ((*header)->kind, kind) << suffix;
    EXPECT_EQ((*header)->width, 123) << suffix;
    EXPECT_EQ((*header)->height, 77) << suffix;
  }
  const auto lossless = encoded(".webp", 123, 77, {cv::IMWRITE_WEBP_QUALITY, 101});
  EXPECT_EQ((*read_image_header(lossless))->width, 123);
}

TEST(ImageHeader, ReadsTheOrientationInBothByteOrders) {
  const auto jpeg = encoded(".jpg", 40, 30);
  for (const bool little : {true, false}) {
    const auto turned = jpeg.substr(0, 2) + exif(6, little) + jpeg.substr(2);
    const auto header = *read_image_header(turned);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->orientation, 6);
    EXPECT_EQ(header->shown_width(), 30);
    EXPECT_EQ(header->shown_height(), 40);
  }
  const auto odd = jpeg.substr(0, 2) + exif(9, true) + jpeg.substr(2);
  EXPECT_EQ((*read_image_header(odd))->orientation, 1);
}

/// A directory of SHORT fields at byte 8.
std::string tiff(bool little, const std::vector<std::pair<unsigned, unsigned>>& fields) {
  const auto put = [&](std::string& out, unsigned value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * (little ? i : bytes - 1 - i)));
  };
  std::string out = little ? "II" : "MM";
  put(out, 42, 2);
  put(out, 8, 4);
  put(out, static_cast<unsigned>(fields.size()), 2);
  for (const auto& [tag, value] : fields) {
    put(out, tag, 2);
    put(out, 3, 2);
    put(out, 1, 4);
    put(out, value, 2);
    put(out, 0, 2);
  }
  return out;
}

TEST(ImageHeader, ReadsTheDirectoryOfATiffInBothByteOrders) {
  for (const bool little : {true, false}) {
    const auto header = read_image_header(tiff(little, {{256, 640}, {257, 480}, {274, 6}}));
    ASSERT_TRUE(header.ok() && *header);
    EXPECT_EQ((*header)->width, 640);
    EXPECT_EQ((*header)->shown_width(), 480);
    EXPECT_FALSE(read_image_header(tiff(little, {{256, 640}})).ok()) << "no height";
  }
}

TEST(ImageHeader, NeverReadsBehindWhatItHas) {
  const auto jpeg = encoded(".jpg", 40, 30);
  const auto turned = jpeg.substr(0, 2) + exif(6, true) + jpeg.substr(2);
  for (const auto& whole :
       {turned, encoded(".png", 9, 9), encoded(".bmp", 9, 9), encoded(".webp", 9, 9), encoded(".tiff", 9, 9)}) {
    for (std::size_t size = 1; size < std::min<std::size_t>(whole.size(), 400); ++size) {
      const std::string prefix = whole.substr(0, size);  // its own allocation: the sanitizer sees a read behind it
      const auto header = read_image_header(prefix);
      ASSERT_TRUE(header.ok()) << size << " " << header.error().message;
    }
  }
}

TEST(ImageHeader, RefusesWhatIsNoImage) {
  for (const auto bad : {""sv, "hello hello hello"sv, "\xff\xd8\xff\xd9 ............"sv,
                         "\x89PNG\r\n\x1a\n\0\0\0\x0dIDAT\0\0\0\x01\0\0\0\x01"sv}) {
    EXPECT_FALSE(read_image_header(bad).ok());
  }
  auto bomb = encoded(".png", 9, 9);
  bomb.replace(16, 4, "\x7f\xff\xff\xff");
  EXPECT_FALSE(read_image_header(bomb).ok());
}

TEST(ImageCompleteness, SeesATruncatedFileInPiecesOfAnySize) {
  for (const char* suffix : {".jpg", ".png"}) {
    const auto bytes = encoded(suffix, 120, 90);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, bytes.size()}) {
      EXPECT_EQ(problem_of(bytes, piece), "") << suffix << piece;
      EXPECT_EQ(problem_of(bytes + "trailing bytes", piece), "") << suffix;
      for (const std::size_t missing : {std::size_t{1}, std::size_t{2}, std::size_t{100}, bytes.size() / 2}) {
        EXPECT_NE(problem_of(bytes.substr(0, bytes.size() - missing), piece).find("truncated"), std::string::npos)
            << suffix << missing;
      }
    }
  }
}

TEST(ImageCompleteness, IsNotMisledByAThumbnailOrScans) {
  const auto jpeg = encoded(".jpg", 40, 30);
  const std::string thumbnail = "\xff\xec" + std::string("\x01\x02", 2) + std::string(0xfe, '\x20') + "\xff\xd9";
  const auto with_thumbnail = jpeg.substr(0, 2) + thumbnail + jpeg.substr(2);
  EXPECT_EQ(problem_of(with_thumbnail), "");
  EXPECT_NE(problem_of(with_thumbnail.substr(0, with_thumbnail.size() - 2)), "")
      << "the EOI of the thumbnail does not count";
  const auto progressive =
      encoded(".jpg", 120, 90, {cv::IMWRITE_JPEG_PROGRESSIVE, 1, cv::IMWRITE_JPEG_RST_INTERVAL, 4});
  EXPECT_EQ(problem_of(progressive), "");
  EXPECT_NE(problem_of(progressive.substr(0, progressive.size() - 2)), "");
}

TEST(ImageSuffix, IsTakenInAnyCase) {
  for (const char* name : {"a.jpg", "b/c.JPEG", "x.PNG", "y.webp"}) EXPECT_TRUE(has_image_suffix(name)) << name;
  for (const char* name : {"a.txt", "jpg", "a.jpg.txt", "a."}) EXPECT_FALSE(has_image_suffix(name)) << name;
}

TEST(ImageCompleteness, TellsOfASecondFrameHeaderWhereverItStands) {
  const auto plain = encoded(".jpg", 64, 48);
  const auto at = plain.find("\xff\xc0");
  const auto frame = plain.substr(at, 19);
  const auto end = plain.size() - 2;
  for (const auto& twice :
       {plain.substr(0, at) + frame + plain.substr(at), plain.substr(0, end) + frame + plain.substr(end)}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{100000}}) {
      EXPECT_EQ(problem_of(twice, piece), "the JPEG has more than one frame header");
    }
  }
  EXPECT_EQ(problem_of(plain), "");
  EXPECT_EQ(problem_of(plain + plain), "") << "what follows the end is not looked at";
}

}  // namespace
}  // namespace visionops::annotations
