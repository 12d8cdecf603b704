#include "worker/dataset/images/image_header.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "worker/dataset/images/image_completeness.h"
#include "worker/dataset/images/tiff_directory.h"

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

/// Exif data with the orientation, in either byte order.
std::string exif_data(char orientation, bool little) {
  return little ? std::string("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18) + orientation +
                      std::string("\0\0\0\0\0\0\0", 7)
                : std::string("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19) + orientation +
                      std::string("\0\0\0\0\0\0", 6);
}

/// An APP1 segment with it.
std::string exif(char orientation, bool little) {
  const std::string body = std::string("Exif\0\0", 6) + exif_data(orientation, little);
  return std::string("\xff\xe1") + static_cast<char>((body.size() + 2) >> 8U) + static_cast<char>(body.size() + 2) +
         body;
}

/// As PNG's annex D has it, one bit after the other.
std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t rest = 0xffffffff;
  for (const char c : bytes) {
    rest ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1U) ^ ((rest & 1U) != 0 ? 0xedb88320U : 0U);
  }
  return ~rest;
}

std::string in_four_bytes(std::size_t value, bool little) {
  std::string out;
  for (unsigned i = 0; i < 4; ++i) out += static_cast<char>(value >> (8 * (little ? i : 3 - i)));
  return out;
}

std::string png_chunk(const std::string& type, const std::string& body) {
  return in_four_bytes(body.size(), false) + type + body + in_four_bytes(checksum(type + body), false);
}

/// `png` with a chunk behind its IHDR.
std::string with_chunk(const std::string& png, const std::string& chunk) {
  return png.substr(0, 33) + chunk + png.substr(33);
}

/// A simple WebP as an extended one: flags, size, the same picture, chunks behind it.
std::string extended_webp(const std::string& webp, char flags, int width, int height, const std::string& behind) {
  std::string head = std::string("VP8X") + in_four_bytes(10, true) + flags + std::string(3, '\0');
  head += in_four_bytes(static_cast<std::size_t>(width - 1), true).substr(0, 3);
  head += in_four_bytes(static_cast<std::size_t>(height - 1), true).substr(0, 3);
  const std::string body = "WEBP" + head + webp.substr(12) + behind;
  return "RIFF" + in_four_bytes(body.size(), true) + body;
}

std::string webp_with_exif(char orientation) {
  const auto data = exif_data(orientation, false);
  return extended_webp(encoded(".webp", 40, 30), '\x08', 40, 30,
                       "EXIF" + in_four_bytes(data.size(), true) + data + std::string(data.size() % 2, '\0'));
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

TEST(ImageHeader, ReadsTheOrientationOfPng) {
  const auto png = encoded(".png", 40, 30);
  for (const bool little : {true, false}) {
    const auto turned = with_chunk(png, png_chunk("tEXt", "a note") + png_chunk("eXIf", exif_data(6, little)));
    const auto header = *read_image_header(turned);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->orientation, 6);
    EXPECT_EQ(header->shown_width(), 30);
  }
  for (const auto& none : {exif_data(9, true), std::string("garbage"), std::string()}) {
    EXPECT_EQ((*read_image_header(with_chunk(png, png_chunk("eXIf", none))))->orientation, 1);
  }
  const auto behind =
      png.substr(0, png.size() - 12) + png_chunk("eXIf", exif_data(6, true)) + png.substr(png.size() - 12);
  EXPECT_EQ((*read_image_header(behind))->orientation, 1) << "readers of pixels do not see it there";
}

TEST(ImageHeader, ReadsTheOrientationOfWebpBehindItsPicture) {
  const auto webp = webp_with_exif(8);
  const auto header = *read_image_header(webp);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->orientation, 8);
  EXPECT_EQ(header->width, 40);
  EXPECT_FALSE(*read_image_header(webp.substr(0, 100))) << "it goes on behind";
  EXPECT_EQ((*read_image_header(webp.substr(0, 100), HeaderExtent::Whole))->orientation, 1);
}

TEST(ImageHeader, TellsOfSeveralPictures) {
  const auto png = encoded(".png", 40, 30);
  EXPECT_TRUE((*read_image_header(with_chunk(png, png_chunk("acTL", {"\0\0\0\3\0\0\0\0", 8}))))->several);
  EXPECT_FALSE((*read_image_header(with_chunk(png, png_chunk("acTL", {"\0\0\0\1\0\0\0\0", 8}))))->several);
  EXPECT_FALSE((*read_image_header(png))->several);
  EXPECT_TRUE((*read_image_header(extended_webp(encoded(".webp", 9, 9), '\2', 9, 9, "")))->several);
  EXPECT_FALSE((*read_image_header(extended_webp(encoded(".webp", 9, 9), '\0', 9, 9, "")))->several);
}

TEST(ImageHeader, SaysWhatIsThereInsteadOfAnImage) {
  for (const auto& [bytes, kind] :
       {std::pair{"version https://git-lfs.github.com/spec/v1\noid sha256:0"sv, "git lfs pull"},
        std::pair{"\0\0\0\x20"
                  "ftypavif\0\0\0\0"sv,
                  "AVIF"},
        std::pair{"\0\0\0\x18"
                  "ftypheic\0\0\0\0"sv,
                  "HEIC"},
        std::pair{"<!DOCTYPE html><html>"sv, "a web page"}}) {
    const auto header = read_image_header(bytes);
    ASSERT_FALSE(header.ok());
    EXPECT_NE(header.error().message.find(kind), std::string::npos) << header.error().message;
  }
  const auto zeros = read_image_header(std::string(500, '\0'));
  EXPECT_NE(zeros.error().message.find("zeros"), std::string::npos);
}

TEST(ImageHeader, TheAnnotatedSizeDecidesWhetherAnOrientationIsSeen) {
  const ImageHeader header{.kind = ImageKind::WebP, .width = 40, .height = 30, .orientation = 6};
  EXPECT_EQ(orientation_seen(header, 30, 40), 6);
  EXPECT_EQ(orientation_seen(header, 0, 0), 6);
  EXPECT_EQ(orientation_seen(header, 40, 30), 1) << "annotated as it is stored";
}

/// A directory of SHORT fields at byte 8.
std::string tiff(bool little, const std::vector<std::pair<unsigned, unsigned>>& fields, unsigned next = 0) {
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
  put(out, next, 4);
  return out;
}

TEST(ImageHeader, ReadsTheDirectoryOfATiffInBothByteOrders) {
  for (const bool little : {true, false}) {
    const auto header = read_image_header(tiff(little, {{256, 640}, {257, 480}, {274, 6}}));
    ASSERT_TRUE(header.ok() && *header);
    EXPECT_EQ((*header)->width, 640);
    EXPECT_EQ((*header)->shown_width(), 480);
    EXPECT_FALSE((*header)->several);
    EXPECT_FALSE(read_image_header(tiff(little, {{256, 640}})).ok()) << "no height";
    EXPECT_TRUE((*read_image_header(tiff(little, {{256, 640}, {257, 480}}, 4711)))->several) << "a second page";
    const auto preview = read_image_header(tiff(little, {{254, 1}, {256, 160}, {257, 120}}));
    EXPECT_FALSE(preview.ok()) << "160 x 120 is the size of the preview";
  }
}

TEST(ImageHeader, NeverReadsBehindWhatItHas) {
  const auto jpeg = encoded(".jpg", 40, 30);
  const auto turned = jpeg.substr(0, 2) + exif(6, true) + jpeg.substr(2);
  for (const auto& whole :
       {turned, with_chunk(encoded(".png", 9, 9), png_chunk("eXIf", exif_data(6, true))), webp_with_exif(6),
        encoded(".png", 9, 9), encoded(".bmp", 9, 9), encoded(".webp", 9, 9), encoded(".tiff", 9, 9)}) {
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

TEST(ImageCompleteness, SeesThatTheOtherKindsEndTooEarly) {
  // A GIF of 2 x 1: screen, two colours, a comment, the picture in one block, the end.
  const std::string gif("GIF89a\2\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xfe\3abc\0,\0\0\0\0\2\0\1\0\0\2\2\x44\x51\0;", 42);
  EXPECT_EQ(problem_of(gif), "");
  EXPECT_EQ(problem_of(gif.substr(0, gif.size() - 1)), "") << "its only picture is there";
  for (const auto& whole : {encoded(".bmp", 41, 30), encoded(".webp", 40, 30), gif.substr(0, gif.size() - 1)}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, whole.size()}) {
      EXPECT_EQ(problem_of(whole, piece), "");
      EXPECT_EQ(problem_of(whole + "trailing bytes", piece), "");
      for (const std::size_t missing : {std::size_t{4}, whole.size() / 2}) {
        EXPECT_NE(problem_of(whole.substr(0, whole.size() - missing), piece).find("truncated"), std::string::npos);
      }
    }
  }
}

TEST(ImageCompleteness, SeesAPngWhoseChecksumIsWrong) {
  const auto png = with_chunk(encoded(".png", 40, 30), png_chunk("tEXt", "a note"));
  EXPECT_EQ(problem_of(png), "");
  auto pixels = png;
  pixels[png.find("IDAT") + 10] ^= 1;
  for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, png.size()}) {
    EXPECT_EQ(problem_of(pixels, piece), "the PNG is damaged: the checksum of a chunk IDAT is wrong");
  }
  auto note = png;
  note[png.find("a note")] ^= 1;
  EXPECT_EQ(problem_of(note), "") << "decoders pass over it";
}

TEST(ImageCompleteness, SeesATiffWhosePiecesLieBehindItsEnd) {
  const auto whole = encoded(".tiff", 40, 30);
  EXPECT_EQ(tiff_problem(whole), "");
  EXPECT_NE(tiff_problem(whole.substr(0, whole.size() / 2)), "");
  // One strip of 6 bytes at byte 4.
  const auto strip = [](unsigned at) { return tiff(true, {{256, 3}, {257, 2}, {273, at}, {279, 6}}); };
  EXPECT_EQ(tiff_problem(strip(4)), "");
  EXPECT_NE(tiff_problem(strip(4000)), "");
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
