#include <gtest/gtest.h>

#include <random>

#include "tests/unit/manipulators/collection_builder.h"
#include "worker/dataset/model/rle.h"
#include "worker/pipeline/pixels/operations/fill_regions.h"
#include "worker/pipeline/pixels/operations/reencode.h"
#include "worker/pipeline/pixels/operations/rotate_180.h"

namespace visionops::pipeline::test {
namespace {

using annotations::Shape;

CollectionBuilder picture() {
  CollectionBuilder b;
  b.category(1, "car")
      .image(1, "a.jpg", 641, 427)
      .box(0, 10.1, 20.25, 30.7, 40)
      .polygon({1.5, 2.25, 100.125, 3, 50, 60.6})
      .keypoints({3, 4, 2, 0, 0, 0, 640, 426, 1});
  return b;
}

void add_runs(CollectionBuilder& b, const std::vector<double>& runs, int height, int width) {
  auto& object = b.raw().objects.back();
  object.shape = b.raw().add_numbers(runs);
  object.shape_kind = Shape::RleCounts;
  object.rle_size = {height, width};
}

std::vector<int> pixels(std::span<const double> runs) {
  std::vector<int> out;
  int value = 0;
  for (const double run : runs) {
    out.insert(out.end(), static_cast<std::size_t>(run), value);
    value = 1 - value;
  }
  return out;
}

TEST(Rotate180, TurnsBoxesAndWritesCleanNumbers) {
  const auto c = run_on_one("rotate_180", "{}", picture().build());
  const auto& object = c.annotations.objects[0];
  EXPECT_EQ(object.box, (std::array<double, 4>{600.2, 366.75, 30.7, 40}));
}

TEST(Rotate180, TurnsKeypointsByPixelIndexAndLeavesUnlabelledOnes) {
  const auto c = run_on_one("rotate_180", "{}", picture().build());
  const auto points = c.annotations.number_span(c.annotations.objects[0].keypoints);
  EXPECT_EQ(std::vector<double>(points.begin(), points.end()), (std::vector<double>{637, 422, 2, 0, 0, 0, 0, 0, 1}));
}

TEST(Rotate180, TwiceIsTheIdentityOnBoxesPolygonsAndKeypoints) {
  const auto before = picture().build();
  const auto after = run_on_one("rotate_180", "{}", run_on_one("rotate_180", "{}", before));
  EXPECT_EQ(meaning(after), meaning(before));
  const auto a = before.annotations.number_span(before.annotations.objects[0].keypoints);
  const auto b = after.annotations.number_span(after.annotations.objects[0].keypoints);
  EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end()));
}

TEST(Rotate180, TurnsRunLengthMasksPixelByPixel) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    const int height = 3 + static_cast<int>(random() % 5);
    const int width = 2 + static_cast<int>(random() % 6);
    std::vector<double> runs;
    int left = height * width;
    if (random() % 2) runs.push_back(0);
    while (left > 0) {
      const int run = 1 + static_cast<int>(random() % static_cast<unsigned>(left));
      runs.push_back(run);
      left -= run;
    }
    CollectionBuilder b;
    b.category(1, "x").image(1, "a.jpg", width, height).box(0, 0, 0, 1, 1);
    add_runs(b, runs, height, width);
    const auto once = run_on_one("rotate_180", "{}", b.build());
    auto expected = pixels(runs);
    std::reverse(expected.begin(), expected.end());
    ASSERT_EQ(pixels(once.annotations.number_span(once.annotations.objects[0].shape)), expected);
    const auto twice = run_on_one("rotate_180", "{}", once);
    const auto again = twice.annotations.number_span(twice.annotations.objects[0].shape);
    ASSERT_EQ(std::vector<double>(again.begin(), again.end()), runs);
  }
}

TEST(Rotate180, TurnsCompressedMasksLikeUncompressedOnes) {
  CollectionBuilder b;
  b.category(1, "x").image(1, "a.jpg", 4, 3).box(0, 0, 0, 1, 1);
  auto& object = b.raw().objects.back();
  const std::vector<std::int64_t> runs{2, 3, 7};
  object.shape = b.raw().add_text(annotations::encode_rle(runs));
  object.shape_kind = Shape::RleCompressed;
  object.rle_size = {3, 4};
  const auto c = run_on_one("rotate_180", "{}", b.build());
  const auto turned = annotations::decode_rle(c.annotations.text_view(c.annotations.objects[0].shape), 3, 4);
  ASSERT_TRUE(turned.ok());
  EXPECT_EQ(*turned, (std::vector<std::int64_t>{7, 3, 2}));
}

TEST(Rotate180, LeavesOutImagesOfUnknownSizeAndSaysSo) {
  CollectionBuilder b;
  b.category(1, "x").image(1, "a.jpg", 0, 0).box(0, 1, 1, 2, 2).image(2, "b.jpg");
  StepContext context;
  const auto c = run_on_one("rotate_180", "{}", b.build(), context);
  EXPECT_EQ(image_names(c), std::vector<std::string>{"b.jpg"});
  EXPECT_EQ(context.findings.count("UnknownImageSize"), 1);
}

TEST(ImageOperations, TwoHalfTurnsCancelAndTheLowestQualityStaysLast) {
  EXPECT_TRUE(fold({Rotate180{}, Rotate180{}}).empty());
  EXPECT_TRUE(fold({Rotate180{}, Reencode{80}, Rotate180{}}) == ImageOperations{Reencode{80}});
  EXPECT_EQ(fold({Reencode{60}, Rotate180{}, Reencode{90}}), (ImageOperations{Rotate180{}, Reencode{60}}));
  const FillRegions fill{{{0, 0, 4, 0, 4, 4}}, {1, 2, 3}};
  EXPECT_EQ(fold({Rotate180{}, fill, Rotate180{}}).size(), 3U);
  EXPECT_EQ(as_fill_regions(fold({fill, fill}).at(0))->polygons.size(), 2U);
  EXPECT_TRUE(fold({FillRegions{}}).empty());
}

TEST(ImageOperations, CanonicalTextTellsEveryParameter) {
  EXPECT_EQ(canonical_text({Rotate180{}, Reencode{85}}), "rotate180;reencode 85;");
  const FillRegions a{{{0, 0.5, 4, 0, 4, 4}}, {0, 0, 0}};
  FillRegions b = a;
  b.polygons[0][1] = 0.25;
  EXPECT_NE(canonical_text({a}), canonical_text({b}));
}

TEST(MaskRegionByClass, FillsBoxesAndRemovesTheObjects) {
  CollectionBuilder b;
  b.category(1, "face").category(2, "car").image(1, "a.jpg").box(0, 1, 2, 3, 4).box(1, 5, 5, 5, 5);
  const auto c = b.build();
  Problems problems;
  const auto bound = find_manipulator("mask_region_by_class")->bind({R"({"classes":["face"]})"}, "", problems);
  const auto by_image = annotations::group_by_image(c.annotations);
  const auto operations = bound->operations({c.annotations, 0, by_image.of(0)});
  ASSERT_EQ(operations.size(), 1U);
  EXPECT_EQ(as_fill_regions(operations[0])->polygons, (std::vector<std::vector<double>>{{1, 2, 4, 2, 4, 6, 1, 6}}));
  const auto masked = run_on_one("mask_region_by_class", R"({"classes":["face"]})", c);
  EXPECT_EQ(class_names(masked), std::vector<std::string>{"car"});
  EXPECT_EQ(masked.annotations.objects.size(), 1U);
}

}  // namespace
}  // namespace visionops::pipeline::test
