#include "worker/train/tasks/detection/metrics/average_precision.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "base/json.h"

namespace visionops::train {
namespace {

constexpr Box kLeft{0, 0, 10, 10};
constexpr Box kRight{50, 50, 10, 10};

ImageResult image(std::vector<GroundTruth> truths, std::vector<Detection> detections) {
  return {std::move(truths), std::move(detections)};
}

std::optional<AveragePrecision> measure(std::vector<ImageResult> images, std::uint32_t categories = 1,
                                        std::size_t limit = 100) {
  return average_precision(images, categories, limit);
}

TEST(AveragePrecision, IsOneWhenEveryObjectIsFoundExactly) {
  const auto result = measure({image({{0, kLeft}, {0, kRight}}, {{0, 0.9, kLeft}, {0, 0.8, kRight}})});
  ASSERT_TRUE(result);
  EXPECT_NEAR(result->map50, 1, 1e-12);
  EXPECT_NEAR(result->map50_95, 1, 1e-12);
}

TEST(AveragePrecision, IsNotDefinedWithoutGroundTruth) {
  EXPECT_FALSE(measure({image({}, {{0, 0.9, kLeft}})}));
  EXPECT_FALSE(measure({image({{0, kLeft, /*crowd=*/true}}, {})})) << "a crowd region alone is nothing to find";
}

TEST(AveragePrecision, IsZeroWhenNothingIsFound) {
  const auto result = measure({image({{0, kLeft}}, {})});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->map50, 0);
}

// One of two objects found: recall 0.5 at precision 1, so 51 of the 101 recall points (0.00 .. 0.50).
TEST(AveragePrecision, CountsRecallPointsUpToTheRecallThatWasReached) {
  const auto result = measure({image({{0, kLeft}, {0, kRight}}, {{0, 0.9, kLeft}})});
  EXPECT_NEAR(result->map50, 51.0 / 101, 1e-12);
}

// Wrong at 0.9, right at 0.8: precision 1/2 at every recall point.
TEST(AveragePrecision, IsHalvedByAHigherScoredFalseDetection) {
  const auto result = measure({image({{0, kLeft}}, {{0, 0.9, kRight}, {0, 0.8, kLeft}})});
  EXPECT_NEAR(result->map50, 0.5, 1e-12);
}

TEST(AveragePrecision, AveragesOverTheTenThresholds) {
  const auto result = measure({image({{0, kLeft}}, {{0, 0.9, {0, 0, 10, 7.2}}})});  // IoU 0.72
  EXPECT_NEAR(result->map50, 1, 1e-12);
  EXPECT_NEAR(result->map50_95, 0.5, 1e-12);
}

TEST(AveragePrecision, CountsASecondDetectionOfOneObjectAsWrong) {
  const auto result = measure({image({{0, kLeft}, {0, kRight}}, {{0, 0.9, kLeft}, {0, 0.8, kLeft}, {0, 0.7, kRight}})});
  // recall 0.5 at precision 1, then recall 1 at precision 2/3
  EXPECT_NEAR(result->map50, (51 + 50 * 2.0 / 3) / 101, 1e-12);
}

TEST(AveragePrecision, LeavesDetectionsInACrowdRegionUncounted) {
  const Box crowd{40, 40, 40, 40};
  const auto result = measure({image({{0, kLeft}, {0, crowd, /*crowd=*/true}},
                                     {{0, 0.9, {45, 45, 8, 8}}, {0, 0.85, {60, 60, 8, 8}}, {0, 0.8, kLeft}})});
  EXPECT_NEAR(result->map50, 1, 1e-12);
}

TEST(AveragePrecision, AllowsOneUncountedDetectionOfAnIgnoredObject) {
  const auto one =
      measure({image({{0, kLeft}, {0, kRight, false, /*ignore=*/true}}, {{0, 0.9, kRight}, {0, 0.8, kLeft}})});
  EXPECT_NEAR(one->map50, 1, 1e-12);
  const auto two = measure({image({{0, kLeft}, {0, kRight, false, /*ignore=*/true}},
                                  {{0, 0.9, kRight}, {0, 0.85, kRight}, {0, 0.8, kLeft}})});
  EXPECT_NEAR(two->map50, 0.5, 1e-12) << "the second one is a duplicate, as of any object";
}

TEST(AveragePrecision, KeepsCategoriesApartAndLeavesOutThoseWithoutObjects) {
  const auto result = measure({image({{0, kLeft}, {2, kRight}}, {{0, 0.9, kLeft}, {1, 0.9, kLeft}})}, 3);
  EXPECT_NEAR(result->map50, 0.5, 1e-12);
  EXPECT_TRUE(result->by_category[0] && result->by_category[2]);
  EXPECT_FALSE(result->by_category[1]);
}

TEST(AveragePrecision, LooksAtTheBestDetectionsOfEachImageOnly) {
  const std::vector<Detection> found{{0, 0.5, kLeft}, {0, 0.9, kRight}, {0, 0.8, kRight}};
  EXPECT_NEAR(measure({image({{0, kLeft}}, found)}, 1, 3)->map50, 1.0 / 3, 1e-12);
  EXPECT_EQ(measure({image({{0, kLeft}}, found)}, 1, 2)->map50, 0);
}

TEST(AveragePrecision, EqualsPycocotoolsOnRandomCases) {
  std::ifstream file(VISIONOPS_SOURCE_DIR "/tests/unit/train/coco_reference.json");
  const Json cases = Json::parse(file);
  ASSERT_GE(cases.size(), 20U);
  for (const auto& reference : cases) {
    SCOPED_TRACE("seed " + reference["seed"].dump());
    std::vector<ImageResult> images(reference["images"].get<std::size_t>());
    for (const auto& t : reference["truths"]) {
      images[t[0].get<std::size_t>()].truths.push_back({t[1], {t[3], t[4], t[5], t[6]}, t[2] == 1});
    }
    for (const auto& d : reference["detections"]) {
      images[d[0].get<std::size_t>()].detections.push_back({d[1], d[2], {d[3], d[4], d[5], d[6]}});
    }
    const auto result = average_precision(images, reference["categories"], reference["maxDetections"]);
    ASSERT_EQ(result.has_value(), reference["map50_95"].get<double>() >= 0);
    if (!result) continue;
    EXPECT_NEAR(result->map50, reference["map50"].get<double>(), 1e-9);
    EXPECT_NEAR(result->map50_95, reference["map50_95"].get<double>(), 1e-9);
    for (std::size_t c = 0; c < result->by_category.size(); ++c) {
      EXPECT_NEAR(result->by_category[c].value_or(-1), reference["byCategory"][c].get<double>(), 1e-9)
          << "category " << c;
    }
  }
}

// A set of properties that hold for any input, on 200 random scenes.
TEST(AveragePrecision, StaysInRangeIgnoresImageOrderAndNeverGainsFromAWorseDetector) {
  std::mt19937 random(7);
  const auto number = [&](double low, double high) { return std::uniform_real_distribution(low, high)(random); };
  for (int round = 0; round < 200; ++round) {
    std::vector<ImageResult> images(4);
    double score = 1;
    for (auto& one : images) {
      for (int i = 0; i < 4; ++i) {
        const Box box{number(0, 60), number(0, 60), number(5, 30), number(5, 30)};
        one.truths.push_back({static_cast<std::uint32_t>(i % 2), box});
        const Box near{box.x + number(-3, 3), box.y + number(-3, 3), box.width, box.height};
        one.detections.push_back({static_cast<std::uint32_t>(i % 2), score -= 0.01, near});
      }
    }
    const auto result = average_precision(images, 2);
    ASSERT_TRUE(result);
    EXPECT_GE(result->map50_95, 0);
    EXPECT_LE(result->map50, 1 + 1e-12);
    EXPECT_LE(result->map50_95, result->map50 + 1e-12);

    auto shuffled = images;
    std::ranges::shuffle(shuffled, random);
    EXPECT_NEAR(average_precision(shuffled, 2)->map50_95, result->map50_95, 1e-12);

    auto worse = images;
    worse[0].detections.push_back({0, 2.0, {200, 200, 5, 5}});  // confident and nowhere
    EXPECT_LE(average_precision(worse, 2)->map50_95, result->map50_95 + 1e-12);
  }
}

TEST(Overlap, IsTheSharedAreaOverTheUnionAndForCrowdsOverTheDetection) {
  EXPECT_DOUBLE_EQ(overlap({0, 0, 10, 10}, {5, 0, 10, 10}, false), 50.0 / 150);
  EXPECT_DOUBLE_EQ(overlap({0, 0, 10, 10}, {5, 0, 10, 10}, true), 0.5);
  EXPECT_EQ(overlap({0, 0, 10, 10}, {10, 0, 10, 10}, false), 0) << "touching is not overlapping";
  EXPECT_EQ(overlap({0, 0, 0, 0}, {0, 0, 0, 0}, false), 0);
}

}  // namespace
}  // namespace visionops::train
