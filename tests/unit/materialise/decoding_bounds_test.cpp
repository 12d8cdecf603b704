// A file decides by its header what decoding it may cost, and the decoder must not find another header in it.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <functional>

#include "tests/unit/materialise/hostile_pictures.h"
#include "worker/dataset/images/jpeg_segments.h"
#include "worker/pipeline/materialise/codec_header.h"
#include "worker/pipeline/materialise/recode.h"
#include "worker/pipeline/pixels/operations/reencode.h"
#include "worker/pipeline/pixels/operations/rotate_180.h"

namespace visionops::pipeline::test {
namespace {

constexpr std::uint32_t kLarge = 16000;  // 256 million pixels, just within the bound for them

ImageTrouble trouble(const std::string& bytes, const char* name = "a.jpg") {
  const auto checked = check_whole(bytes, name);
  const auto changed = recode(bytes, {Rotate180{}}, {});
  const auto* first = std::get_if<ImageTrouble>(&checked);
  const auto* second = std::get_if<ImageTrouble>(&changed);
  if (first == nullptr || second == nullptr) return {"none", ""};
  EXPECT_EQ(*first, *second) << "one judgement, whether the file is copied or changed";
  return *first;
}

/// MiB that a process needs at most for this, counted with what it has anyway.
long peak_of(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::_exit(0);
  }
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  return usage.ru_maxrss / 1024;
}

TEST(DecodingBounds, AJpegWithTwoFrameHeadersIsDamaged) {
  const auto plain = jpeg(gradient(64, 48));
  const std::string large = frame_header(kLarge, kLarge);
  const std::string small = frame_header(64, 48);
  for (const auto& frames : {large + small, small + large, small + small}) {
    EXPECT_EQ(trouble(with_frame(plain, frames)), (ImageTrouble{"DamagedImage", "JPEG: two frame headers"}));
    EXPECT_EQ(decoding_bytes(with_frame(plain, frames)), 0);
  }
  const auto behind_the_scan = plain.substr(0, plain.size() - 2) + large + "\xFF\xD9";
  EXPECT_EQ(trouble(behind_the_scan), (ImageTrouble{"DamagedImage", "JPEG: two frame headers"}));
}

TEST(DecodingBounds, AThumbnailInsideOfASegmentIsNoFrame) {
  const auto plain = jpeg(gradient(64, 48));
  const std::string thumbnail = frame_header(kLarge, kLarge) + frame_header(3, 3);
  const auto with =
      plain.substr(0, 2) + "\xFF\xE1" + number(thumbnail.size() + 2, 2, false) + thumbnail + plain.substr(2);
  EXPECT_TRUE(std::holds_alternative<Unchanged>(check_whole(with, "a.jpg")));
  EXPECT_EQ(read_codec_header(with)->width, 64);
}

TEST(DecodingBounds, AHeightThatComesAfterTheScanIsNotWaitedFor) {
  const auto plain = jpeg(gradient(64, 48));
  const std::string dnl = std::string("\xFF\xDC\x00\x04", 4) + number(kLarge, 2, false);
  const auto scan_end = plain.size() - 2;
  const auto late = with_frame(plain, frame_header(64, 0));
  EXPECT_EQ(trouble(late.substr(0, scan_end) + dnl + "\xFF\xD9").kind, "DamagedImage");
  const auto twice = plain.substr(0, scan_end) + dnl + "\xFF\xD9";
  EXPECT_EQ(read_codec_header(twice)->height, 48);
  const auto out = recode(twice, {Rotate180{}}, {});
  const auto* recoded = std::get_if<Recoded>(&out);
  EXPECT_TRUE(recoded == nullptr || decoded(recoded->bytes).rows == 48);
}

TEST(DecodingBounds, WhatADecoderKeepsBesideThePictureCounts) {
  const auto plain = jpeg(gradient(64, 48));
  const std::int64_t pixels = std::int64_t{kLarge} * kLarge;
  EXPECT_EQ(decoding_bytes(with_frame(plain, frame_header(kLarge, kLarge))), 3 * pixels);
  const auto progressive = with_frame(plain, frame_header(kLarge, kLarge, 0xC2));
  EXPECT_EQ(read_codec_header(progressive)->decoding, 6 * pixels);
  EXPECT_EQ(trouble(progressive).kind, "OversizedImage");
  // The same for a first scan of one component: the decoder has to wait for the others.
  auto scans = with_frame(plain, frame_header(kLarge, kLarge));
  scans[scans.find("\xFF\xDA") + 4] = '\x01';
  EXPECT_EQ(trouble(scans).kind, "OversizedImage");
}

TEST(DecodingBounds, DeepPixelsCountByTheirBytes) {
  EXPECT_EQ(trouble(png_head(kLarge, kLarge, 16), "a.png").kind, "OversizedImage");
  EXPECT_EQ(read_codec_header(png_head(100, 100, 16))->decoding, 80'000);
  EXPECT_EQ(read_codec_header(png_head(100, 100, 8))->decoding, 40'000);
  const auto webp = encoded(".webp", gradient(64, 48), {cv::IMWRITE_WEBP_QUALITY, 101});
  EXPECT_EQ(trouble(webp_canvas(webp, kLarge, kLarge), "a.webp").kind, "OversizedImage");
}

TEST(DecodingBounds, ATiffIsTakenByItsFirstDirectoryAlone) {
  const auto plain = tiff({grey(60, 50), grey(kLarge, kLarge)});
  EXPECT_TRUE(std::holds_alternative<Unchanged>(check_whole(plain, "a.tif")));
  EXPECT_EQ(decoded(plain).size(), cv::Size(60, 50));
}

TEST(DecodingBounds, ATiffFieldThatCanBeReadInTwoWaysIsMalformed) {
  const auto fields = grey(60, 50);
  auto twice = fields;
  twice.insert(twice.begin(), {256, 4, kLarge});
  auto late = fields;
  late.push_back({257, 4, kLarge});
  for (const bool little : {true, false}) {
    for (const auto& list : {twice, late, with_field(fields, {256, 16, 300}), with_field(fields, {256, 1, 60}),
                             with_field(fields, {257, 4, 50, 2}), with_field(fields, {258, 4, 0}),
                             with_field(fields, {256, 5, 300}), with_field(fields, {278, 4, 0})}) {
      EXPECT_EQ(trouble(tiff({list}, little), "a.tif"), (ImageTrouble{"DamagedImage", "tiff: malformed header"}));
    }
    EXPECT_TRUE(std::holds_alternative<Unchanged>(check_whole(tiff({fields}, little), "a.tif")));
  }
  EXPECT_EQ(trouble(tiff({fields}).substr(0, 60), "a.tif").kind, "DamagedImage") << "a directory that is cut";
}

TEST(DecodingBounds, TilesStripsAndSamplesOfATiffCount) {
  const auto fields = grey(60, 50);
  const auto tiles = with_field(with_field(fields, {322, 4, 30'000}), {323, 4, 30'000});
  EXPECT_EQ(trouble(tiff({tiles}), "a.tif").kind, "OversizedImage");
  EXPECT_EQ(trouble(tiff({with_field(fields, {322, 4, 16})}), "a.tif").kind, "OversizedImage") << "a width alone";
  const auto large = grey(10'000, 10'000);
  EXPECT_EQ(trouble(tiff({with_field(large, {258, 3, 64})}), "a.tif").kind, "OversizedImage");
  EXPECT_EQ(trouble(tiff({with_field(large, {277, 3, 60'000})}), "a.tif").kind, "OversizedImage");
  EXPECT_EQ(trouble(tiff({with_field(large, {278, 4, 0xffffffff})}), "a.tif").kind, "OversizedImage");
}

TEST(DecodingBounds, ABmpThatAnotherDecoderWouldTakeIsMalformed) {
  EXPECT_EQ(trouble(bmp_head(0x2a019d00, 8, 8) + std::string(500, 'x'), "a.bmp").kind, "DamagedImage");
  EXPECT_EQ(trouble(bmp_head(600, 0x80000000, 8), "a.bmp").kind, "DamagedImage");
  EXPECT_EQ(trouble(bmp_head(600, 8, 0x80000000), "a.bmp").kind, "DamagedImage");
  EXPECT_EQ(trouble(bmp_head(600, 40'000, -40'000), "a.bmp").kind, "OversizedImage");
}

TEST(DecodingBounds, SmallFilesNeverCostAGibibyte) {
  const auto plain = jpeg(gradient(64, 48));
  const auto fields = grey(60, 50);
  const std::vector<std::string> files{
      with_frame(plain, frame_header(kLarge, kLarge) + frame_header(64, 48)),
      with_frame(plain, frame_header(64, 48) + frame_header(kLarge, kLarge)),
      with_frame(plain, frame_header(kLarge, kLarge, 0xC2)),
      with_frame(plain, frame_header(65'000, 65'000)),
      png_head(kLarge, kLarge, 16),
      tiff({with_field(fields, {256, 16, 300})}),
      tiff({with_field(with_field(fields, {322, 4, 30'000}), {323, 4, 30'000})}),
      tiff({with_field(grey(12'000, 12'000), {258, 3, 64})}),
      bmp_head(0x2a019d00, 8, 8) + std::string(500, 'x'),
      bmp_head(600, 40'000, 40'000),
      webp_canvas(encoded(".webp", gradient(64, 48)), kLarge, kLarge),
  };
  const long peak = peak_of([&] {
    for (const auto& bytes : files) {
      for (const ImageOperations& operations : {ImageOperations{Rotate180{}}, ImageOperations{Reencode{50}}}) {
        (void)recode(bytes, operations, {});
      }
      (void)check_whole(bytes, "a.jpg");
    }
  });
  EXPECT_LT(peak, 1024) << "MiB";
}

// Whatever is changed in a header: a size that is not ours is never decoded.
TEST(DecodingBounds, OurHeaderReaderAndTheDecoderFindTheSameSize) {
  const std::vector<std::string> sources{encoded(".png", gradient(33, 21)),
                                         encoded(".bmp", gradient(33, 21)),
                                         encoded(".tiff", gradient(33, 21)),
                                         encoded(".tiff", gradient(33, 21, CV_16UC1)),
                                         encoded(".webp", gradient(33, 21)),
                                         encoded(".webp", gradient(33, 21), {cv::IMWRITE_WEBP_QUALITY, 101}),
                                         tiff({grey(60, 50), grey(70, 40)}),
                                         tiff({grey(60, 50)}, false),
                                         jpeg(gradient(33, 21))};
  std::uint32_t state = 4711;
  const auto random = [&] { return state = state * 1664525U + 1013904223U, state >> 8U; };
  int compared = 0;
  for (int round = 0; round < 6000; ++round) {
    auto bytes = sources[static_cast<std::size_t>(round) % sources.size()];
    // Sizes stand in the first bytes, in a TIFF of OpenCV in the last ones.
    const bool tail = random() % 2 == 0;
    const std::size_t window = std::min<std::size_t>(bytes.size(), 220);
    for (std::uint32_t change = 0; change < 1 + random() % 3; ++change) {
      bytes[(tail ? bytes.size() - window : 0) + random() % window] =
          static_cast<char>(random() % 3 == 0 ? random() : random() % 9);
    }
    const auto header = read_codec_header(bytes);
    if (!header || header->width * header->height > 4'000'000 || header->decoding > 64'000'000) continue;
    cv::Mat picture;
    try {
      picture = decoded(bytes, cv::IMREAD_UNCHANGED);
    } catch (const cv::Exception&) {
    }
    if (picture.empty()) continue;
    ++compared;
    const auto [least, most] = std::minmax({std::int64_t{picture.cols}, std::int64_t{picture.rows}});
    const auto [ours_least, ours_most] = std::minmax({header->width, header->height});
    EXPECT_TRUE(least == ours_least && most == ours_most)
        << round << ": " << header->width << "x" << header->height << " is " << picture.cols << "x" << picture.rows;
    EXPECT_LE(static_cast<std::int64_t>(picture.total() * picture.elemSize()), header->decoding) << round;
  }
  EXPECT_GT(compared, 1000);
}

}  // namespace
}  // namespace visionops::pipeline::test
