#include "worker/pipeline/materialise/recode.h"
#include "worker/pipeline/pixels/operations/fill_regions.h"
#include "worker/pipeline/pixels/operations/reencode.h"
#include "worker/pipeline/pixels/operations/rotate_180.h"

#include <gtest/gtest.h>
#include <turbojpeg.h>

#include "tests/unit/materialise/pictures.h"
#include "worker/dataset/images/jpeg_quality.h"
#include "worker/dataset/images/jpeg_segments.h"

namespace visionops::pipeline::test {
namespace {

Recoded recoded(const std::string& bytes, const ImageOperations& operations, AnnotatedSize size = {}) {
  auto result = recode(bytes, operations, size);
  if (const auto* trouble = std::get_if<ImageTrouble>(&result))
    ADD_FAILURE() << trouble->kind << ": " << trouble->message;
  if (std::holds_alternative<Unchanged>(result)) ADD_FAILURE() << "unchanged";
  return std::holds_alternative<Recoded>(result) ? std::get<Recoded>(std::move(result)) : Recoded{};
}

ImageTrouble trouble(const std::string& bytes, const ImageOperations& operations = {Rotate180{}}) {
  const auto result = recode(bytes, operations, {});
  if (!std::holds_alternative<ImageTrouble>(result)) {
    ADD_FAILURE() << "no trouble";
    return {};
  }
  return std::get<ImageTrouble>(result);
}

std::string turbo_jpeg(const cv::Mat& picture, int subsampling, int quality = 92, int flags = 0) {
  void* handle = tjInitCompress();
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  tjCompress2(handle, picture.data, picture.cols, 0, picture.rows, picture.channels() == 1 ? TJPF_GRAY : TJPF_BGR,
              &buffer, &size, subsampling, quality, flags);
  std::string out(reinterpret_cast<char*>(buffer), size);
  tjFree(buffer);
  tjDestroy(handle);
  return out;
}

TEST(RecodeJpeg, TurnsEverySubsamplingAndSizeLikeOpenCv) {
  for (const int subsampling : {TJSAMP_444, TJSAMP_422, TJSAMP_420, TJSAMP_440, TJSAMP_411, TJSAMP_GRAY}) {
    for (const auto& [width, height] : {std::pair{64, 48}, {66, 50}, {65, 49}, {61, 50}, {66, 47}, {17, 3}, {1, 1}}) {
      SCOPED_TRACE(std::to_string(subsampling) + " " + std::to_string(width) + "x" + std::to_string(height));
      const auto source =
          turbo_jpeg(gradient(width, height, subsampling == TJSAMP_GRAY ? CV_8UC1 : CV_8UC3), subsampling);
      const auto out = recoded(source, {Rotate180{}});
      const cv::Mat wanted = turned(decoded(source));
      // What the straight way (decode, turn, encode) reaches with the same chroma and quality.
      const double reference = psnr(decoded(turbo_jpeg(wanted, subsampling)), wanted);
      EXPECT_GT(psnr(decoded(out.bytes), wanted), reference - 2) << out.method;
    }
  }
}

TEST(RecodeJpeg, TakesThePlanePathOnlyWhereChromaStaysInPlace) {
  EXPECT_STREQ(recoded(turbo_jpeg(gradient(66, 50), TJSAMP_420), {Rotate180{}}).method, "planes");
  EXPECT_STREQ(recoded(turbo_jpeg(gradient(65, 50), TJSAMP_420), {Rotate180{}}).method, "pixels");
  EXPECT_STREQ(recoded(turbo_jpeg(gradient(66, 49), TJSAMP_420), {Rotate180{}}).method, "pixels");
  EXPECT_STREQ(recoded(turbo_jpeg(gradient(65, 49), TJSAMP_444), {Rotate180{}}).method, "planes");
  EXPECT_STREQ(recoded(turbo_jpeg(gradient(66, 50), TJSAMP_411), {Rotate180{}}).method, "pixels");
  EXPECT_STREQ(recoded(turbo_jpeg(gradient(65, 49), TJSAMP_420), {Reencode{60}}).method, "planes");
}

TEST(RecodeJpeg, AHalfTurnOfWholeMcusIsLossless) {
  const auto source = turbo_jpeg(gradient(64, 48), TJSAMP_420);
  const auto once = recoded(source, {Rotate180{}});
  EXPECT_STREQ(once.method, "transform");
  const auto twice = recoded(once.bytes, {Rotate180{}});
  EXPECT_EQ(cv::norm(decoded(twice.bytes), decoded(source), cv::NORM_INF), 0);
}

TEST(RecodeJpeg, ProgressiveFilesAreTurnedToo) {
  const auto source = turbo_jpeg(gradient(66, 50), TJSAMP_420, 92, TJFLAG_PROGRESSIVE);
  EXPECT_GT(psnr(decoded(recoded(source, {Rotate180{}}).bytes), turned(decoded(source))), 36);
}

TEST(RecodeJpeg, WritesTheWantedQualityAndNeverABetterOne) {
  const auto source = turbo_jpeg(gradient(200, 100), TJSAMP_420, 92);
  const auto quality = [](const std::string& bytes) { return quality_of(*read_jpeg_segments(bytes)); };
  EXPECT_EQ(quality(source), 92);
  const auto smaller = recoded(source, {Reencode{60}});
  EXPECT_EQ(quality(smaller.bytes), 60);
  EXPECT_LT(smaller.bytes.size(), source.size());
  EXPECT_EQ(quality(recoded(source, {Rotate180{}, Reencode{98}}).bytes), 92);
}

TEST(RecodeJpeg, LeavesAFileAloneThatIsCompressedEnough) {
  const auto source = turbo_jpeg(gradient(200, 100), TJSAMP_420, 60);
  EXPECT_TRUE(std::holds_alternative<Unchanged>(recode(source, {Reencode{60}}, {})));
  EXPECT_TRUE(std::holds_alternative<Unchanged>(recode(source, {Reencode{85}}, {})));
  EXPECT_TRUE(std::holds_alternative<Recoded>(recode(source, {Reencode{59}}, {})));
}

TEST(JpegQuality, FindsTheQualityOfEveryStandardTable) {
  const auto picture = gradient(16, 16);
  for (int q = 1; q <= 100; ++q) {
    const auto segments = read_jpeg_segments(turbo_jpeg(picture, TJSAMP_420, q));
    ASSERT_TRUE(segments.ok());
    // Several qualities may share one table at the clamped ends; the lowest of them is meant.
    EXPECT_EQ(standard_table(true, quality_of(*segments)), standard_table(true, q)) << q;
    EXPECT_TRUE(as_coarse_as(*segments, q)) << q;
  }
}

TEST(RecodeJpeg, AppliesTheExifOrientationThatTheAnnotationsSee) {
  const auto plain = turbo_jpeg(gradient(64, 48), TJSAMP_444);
  for (int orientation = 2; orientation <= 8; ++orientation) {
    SCOPED_TRACE(orientation);
    const auto tagged = with_orientation(plain, orientation);
    const cv::Mat shown = decoded(tagged, cv::IMREAD_COLOR);  // OpenCV applies the tag here
    const auto out = recoded(tagged, {Rotate180{}}, {shown.cols, shown.rows});
    EXPECT_EQ(read_jpeg_segments(out.bytes)->orientation, 1);
    EXPECT_GT(psnr(decoded(out.bytes, cv::IMREAD_COLOR), turned(shown)), 36);
  }
}

TEST(RecodeJpeg, IgnoresTheTagWhenAnnotationsReferToStoredPixels) {
  const auto plain = turbo_jpeg(gradient(64, 48), TJSAMP_444);
  const auto out = recoded(with_orientation(plain, 6), {Rotate180{}}, {64, 48});
  EXPECT_GT(psnr(decoded(out.bytes), turned(decoded(plain))), 36);
  EXPECT_EQ(read_jpeg_segments(out.bytes)->orientation, 1);
}

TEST(RecodeJpeg, KeepsTheColourProfile) {
  const auto plain = turbo_jpeg(gradient(66, 50), TJSAMP_420);
  std::string segment("\xFF\xE2\x00\x18ICC_PROFILE\0\x01\x01profile!", 26);
  const auto tagged = plain.substr(0, 20) + segment + plain.substr(20);  // after the 18 bytes of JFIF
  const auto out = recoded(tagged, {Rotate180{}});
  const auto icc = read_jpeg_segments(out.bytes)->icc;
  ASSERT_EQ(icc.size(), 1U);
  EXPECT_EQ(icc[0], segment);
}

TEST(RecodeJpeg, FillsRegionsAtTheirPlace) {
  const auto source = turbo_jpeg(gradient(64, 48), TJSAMP_420);
  const FillRegions fill{{{8, 8, 24, 8, 24, 24, 8, 24}}, {255, 0, 0}};
  const auto picture = decoded(recoded(source, {fill}).bytes);
  EXPECT_NEAR(picture.at<cv::Vec3b>(16, 16)[2], 255, 12);
  EXPECT_NEAR(picture.at<cv::Vec3b>(16, 16)[0], 0, 12);
  EXPECT_GT(psnr(picture(cv::Rect(40, 28, 20, 16)), decoded(source)(cv::Rect(40, 28, 20, 16))), 36);
  const auto moved = decoded(recoded(source, {fill, Rotate180{}}).bytes);
  EXPECT_NEAR(moved.at<cv::Vec3b>(47 - 16, 63 - 16)[2], 255, 12);
}

TEST(RecodeJpeg, CmykBecomesAnOrdinaryPicture) {
  void* handle = tjInitCompress();
  const cv::Mat picture = gradient(32, 24, CV_8UC4);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  ASSERT_EQ(tjCompress2(handle, picture.data, 32, 0, 24, TJPF_CMYK, &buffer, &size, TJSAMP_444, 92, 0), 0);
  const std::string cmyk(reinterpret_cast<char*>(buffer), size);
  tjFree(buffer);
  tjDestroy(handle);
  const auto out = recoded(cmyk, {Rotate180{}});
  EXPECT_EQ(read_jpeg_segments(out.bytes)->components, 3);
  EXPECT_GT(psnr(decoded(out.bytes), turned(decoded(cmyk, cv::IMREAD_COLOR))), 30);
}

TEST(RecodeJpeg, CmykWithoutAdobesSegmentIsRefused) {
  void* handle = tjInitCompress();
  const cv::Mat picture = gradient(32, 24, CV_8UC4);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  ASSERT_EQ(tjCompress2(handle, picture.data, 32, 0, 24, TJPF_CMYK, &buffer, &size, TJSAMP_444, 92, 0), 0);
  const std::string cmyk(reinterpret_cast<char*>(buffer), size);
  tjFree(buffer);
  tjDestroy(handle);
  const auto segment = cmyk.find("\xFF\xEE");
  ASSERT_NE(segment, std::string::npos);
  const auto without = cmyk.substr(0, segment) + cmyk.substr(segment + 16);
  EXPECT_EQ(trouble(without).kind, "UnsupportedImage");
  EXPECT_TRUE(std::holds_alternative<Unchanged>(check_whole(without, "a.jpg")));
}

TEST(RecodePng, KeepsDepthAndAlpha) {
  for (const int type : {CV_8UC1, CV_8UC3, CV_8UC4, CV_16UC1, CV_16UC3}) {
    const auto picture = gradient(33, 21, type);
    const auto out = recoded(encoded(".png", picture), {Rotate180{}, Reencode{50}});
    EXPECT_STREQ(out.method, "opencv");
    const auto result = decoded(out.bytes);
    ASSERT_EQ(result.type(), type);
    EXPECT_EQ(cv::norm(result, turned(picture), cv::NORM_INF), 0);
  }
}

TEST(RecodeOthers, BmpTiffAndWebpAreTurnedWithoutLoss) {
  for (const char* suffix : {".bmp", ".tiff"}) {
    const auto picture = gradient(33, 21);
    EXPECT_EQ(cv::norm(decoded(recoded(encoded(suffix, picture), {Rotate180{}}).bytes), turned(picture), cv::NORM_INF),
              0);
  }
  const auto webp = encoded(".webp", gradient(32, 20), {cv::IMWRITE_WEBP_QUALITY, 101});
  EXPECT_EQ(cv::norm(decoded(recoded(webp, {Rotate180{}}).bytes), turned(decoded(webp)), cv::NORM_INF), 0);
}

/// A PNG or WebP with Exif data, as encoders write them.
std::string with_exif(const std::string& bytes, int orientation) {
  std::string exif("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18);
  exif += static_cast<char>(orientation);
  exif += std::string(7, '\0');
  const auto four = [](std::size_t value) {
    std::string out;
    for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(value >> shift);
    return out;
  };
  if (bytes.starts_with("RIFF")) {
    const std::string head = std::string("VP8X\x0a\0\0\0\x08\0\0\0\x1f\0\0\x13\0\0", 18);  // 32 x 20
    const std::string body = "WEBP" + head + bytes.substr(12) + "EXIF" + four(exif.size()) + exif;
    return "RIFF" + four(body.size()) + body;
  }
  return bytes.substr(0, 33) + std::string("\0\0\0\x1a", 4) + "eXIf" + exif + "CRC?" + bytes.substr(33);
}

/// By its definition: where the pixel of the picture as shown stands in the stored one (CIPA DC-008, table 6).
cv::Mat shown(const cv::Mat& stored, int orientation) {
  const int rows = orientation >= 5 ? stored.cols : stored.rows;
  const int cols = orientation >= 5 ? stored.rows : stored.cols;
  cv::Mat out(rows, cols, stored.type());
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < cols; ++x) {
      const int u = orientation >= 5 ? y : x;  // along the stored row, before it is mirrored
      const int v = orientation >= 5 ? x : y;
      const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
      const bool from_below = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
      out.at<cv::Vec3b>(y, x) =
          stored.at<cv::Vec3b>(from_below ? stored.rows - 1 - v : v, from_right ? stored.cols - 1 - u : u);
    }
  }
  return out;
}

TEST(RecodeOthers, PngAndWebpAreTurnedByTheirExifOrientation) {
  const auto plain = gradient(32, 20);
  for (const auto& bytes : {encoded(".png", plain), encoded(".webp", plain, {cv::IMWRITE_WEBP_QUALITY, 101})}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      SCOPED_TRACE(orientation);
      const auto wanted = turned(shown(plain, orientation));
      const auto out = recoded(with_exif(bytes, orientation), {Rotate180{}}, {wanted.cols, wanted.rows});
      ASSERT_EQ(decoded(out.bytes).size(), wanted.size());
      EXPECT_EQ(cv::norm(decoded(out.bytes), wanted, cv::NORM_INF), 0);
    }
    const auto stored = recoded(with_exif(bytes, 6), {Rotate180{}}, {32, 20});
    EXPECT_EQ(cv::norm(decoded(stored.bytes), turned(plain), cv::NORM_INF), 0) << "annotated as it is stored";
  }
}

TEST(RecodeOthers, TiffKeepsItsDepth) {
  for (const int type : {CV_8UC1, CV_16UC1, CV_16UC3}) {
    const auto picture = gradient(33, 21, type);
    const auto result = decoded(recoded(encoded(".tiff", picture), {Rotate180{}}).bytes);
    ASSERT_EQ(result.type(), type);
    EXPECT_EQ(cv::norm(result, turned(picture), cv::NORM_INF), 0);
  }
  cv::Mat real;
  gradient(33, 21, CV_8UC1).convertTo(real, CV_32FC1, 1 / 255.0);
  EXPECT_EQ(cv::norm(decoded(recoded(encoded(".tiff", real), {Rotate180{}}).bytes), turned(real), cv::NORM_INF), 0);
}

TEST(RecodeOthers, WhatWouldLoseMoreThanItGainsIsRefused) {
  const auto png = encoded(".png", gradient(33, 21));
  const std::string frames(
      "\0\0\0\x08"
      "acTL\0\0\0\3\0\0\0\0CRC?",
      20);
  EXPECT_EQ(trouble(png.substr(0, 33) + frames + png.substr(33)).message,
            "cannot be changed and stay what it is: holds several pictures, as frames or pages");
  const auto grey = encoded(".png", gradient(33, 21, CV_8UC1));
  const std::string transparent(
      "\0\0\0\x02"
      "tRNS\0\5CRC?",
      14);
  EXPECT_EQ(trouble(grey.substr(0, 33) + transparent + grey.substr(33)).kind, "UnsupportedImage");
  EXPECT_EQ(trouble(encoded(".tiff", gradient(33, 21, CV_8UC4))).message,
            "cannot be changed and stay what it is: its 4 samples a pixel would be changed");
  EXPECT_TRUE(std::holds_alternative<Unchanged>(check_whole(encoded(".tiff", gradient(33, 21, CV_8UC4)), "a.tiff")))
      << "a copy stays what it is";
}

TEST(RecodeOthers, QualityAloneDoesNotTouchThem) {
  EXPECT_TRUE(std::holds_alternative<Unchanged>(recode(encoded(".png", gradient(8, 8)), {Reencode{50}}, {})));
}

TEST(HostileImages, ATruncatedJpegIsDamaged) {
  const auto source = turbo_jpeg(gradient(640, 480), TJSAMP_420);
  for (const std::size_t keep :
       {source.size() / 2, source.size() - 500, std::size_t{700}, std::size_t{20}, std::size_t{3}}) {
    EXPECT_EQ(trouble(source.substr(0, keep)).kind, "DamagedImage") << keep;
    EXPECT_EQ(trouble(source.substr(0, keep), {Reencode{50}}).kind, "DamagedImage") << keep;
    const auto checked = check_whole(source.substr(0, keep), "a.jpg");
    EXPECT_TRUE(std::holds_alternative<ImageTrouble>(checked)) << keep;
  }
}

TEST(HostileImages, AJpegThatLacksOnlyItsEndMarkerIsFine) {
  const auto source = turbo_jpeg(gradient(66, 50), TJSAMP_420);
  const auto open_end = source.substr(0, source.size() - 2);
  EXPECT_TRUE(std::holds_alternative<Unchanged>(check_whole(open_end, "a.jpg")));
  EXPECT_EQ(recoded(open_end, {Rotate180{}}).bytes, recoded(source, {Rotate180{}}).bytes);
}

TEST(HostileImages, BytesBehindTheEndAreAccepted) {
  const auto source = turbo_jpeg(gradient(66, 50), TJSAMP_420);
  EXPECT_TRUE(std::holds_alternative<Unchanged>(check_whole(source + "tail", "a.jpg")));
  EXPECT_EQ(recoded(source + "tail", {Rotate180{}}).bytes, recoded(source, {Rotate180{}}).bytes);
}

std::string png_header(std::uint32_t width, std::uint32_t height) {
  std::string out("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16);
  for (const auto side : {width, height}) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((side >> shift) & 0xFF);
  }
  return out + std::string("\x08\x02\0\0\0\0\0\0\0", 9) + std::string("\0\0\0\0IEND\xAE\x42\x60\x82", 12);
}

TEST(HostileImages, APngBombIsRefusedFromItsHeader) {
  for (const auto& bytes : {png_header(60000, 60000), png_header(20000, 20000), png_header(16777216, 16777216)}) {
    EXPECT_EQ(trouble(bytes).kind, "OversizedImage");
    EXPECT_TRUE(std::holds_alternative<ImageTrouble>(check_whole(bytes, "a.png")));
  }
  EXPECT_EQ(trouble(png_header(0xFFFFFFFF, 0xFFFFFFFF)).kind, "DamagedImage");
  EXPECT_EQ(trouble(png_header(0, 5)).kind, "DamagedImage");
}

TEST(HostileImages, AJpegThatClaimsAHugeSizeIsRefusedFromItsHeader) {
  auto source = turbo_jpeg(gradient(64, 48), TJSAMP_420);
  const auto frame = source.find("\xFF\xC0");
  for (std::size_t i = 5; i < 9; ++i) source[frame + i] = '\xFF';
  EXPECT_EQ(trouble(source).kind, "OversizedImage");
}

TEST(HostileImages, TooManyScansAreRefused) {
  const auto source = turbo_jpeg(gradient(64, 48), TJSAMP_420);
  const auto scan = source.find("\xFF\xDA");
  std::string bomb = source.substr(0, source.size() - 2);
  for (int i = 0; i <= kMaxJpegScans; ++i) bomb += source.substr(scan, 14);
  bomb += "\xFF\xD9";
  EXPECT_EQ(trouble(bomb).kind, "OversizedImage");
  EXPECT_EQ(std::get<ImageTrouble>(check_whole(bomb, "a.jpg")).kind, "OversizedImage");
}

TEST(HostileImages, BytesThatAreNoImageAreDamagedUnderAnImageName) {
  EXPECT_EQ(std::get<ImageTrouble>(check_whole("hello", "a.jpg")).kind, "DamagedImage");
  EXPECT_EQ(std::get<ImageTrouble>(check_whole("", "a.bin")).kind, "DamagedImage");
  EXPECT_TRUE(std::holds_alternative<Unchanged>(check_whole("hello", "points.npy")));
  EXPECT_EQ(trouble("hello").kind, "UnsupportedImage");
}

TEST(HostileImages, ATruncatedPngIsDamaged) {
  const auto source = encoded(".png", gradient(64, 48));
  EXPECT_EQ(trouble(source.substr(0, source.size() / 2)).kind, "DamagedImage");
  EXPECT_EQ(std::get<ImageTrouble>(check_whole(source.substr(0, source.size() / 2), "a.png")).kind, "DamagedImage");
}

TEST(HostileImages, RandomChangesNeverCrash) {
  const auto source = turbo_jpeg(gradient(66, 50), TJSAMP_420);
  std::uint32_t state = 12345;
  const auto random = [&] { return state = state * 1664525U + 1013904223U, state >> 8U; };
  for (int round = 0; round < 400; ++round) {
    auto bytes = source;
    for (int change = 0; change < 4; ++change) bytes[random() % bytes.size()] = static_cast<char>(random());
    (void)recode(bytes, {Rotate180{}}, {});
    (void)recode(bytes, {Rotate180{}, Reencode{40}}, {});
    (void)check_whole(bytes.substr(0, random() % bytes.size()), "a.jpg");
  }
}

TEST(HostileImages, EveryKindIsDamagedWhenItEndsTooEarly) {
  for (const char* suffix : {".png", ".bmp", ".webp", ".tiff"}) {
    const auto source = encoded(suffix, gradient(64, 48));
    EXPECT_TRUE(std::holds_alternative<Unchanged>(check_whole(source, "a.x"))) << suffix;
    const auto cut = check_whole(source.substr(0, source.size() * 3 / 4), "a.x");
    ASSERT_TRUE(std::holds_alternative<ImageTrouble>(cut)) << suffix;
    EXPECT_EQ(std::get<ImageTrouble>(cut).kind, "DamagedImage");
  }
}

TEST(SuffixLies, APngNamedJpgIsTreatedByItsContent) {
  const auto source = encoded(".png", gradient(33, 21));
  EXPECT_TRUE(std::holds_alternative<Unchanged>(check_whole(source, "a.jpg")));
  EXPECT_EQ(decoded(recoded(source, {Rotate180{}}).bytes).size(), cv::Size(33, 21));
}

}  // namespace
}  // namespace visionops::pipeline::test
