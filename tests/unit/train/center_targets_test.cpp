#include "worker/train/tasks/detection/targets/center_targets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "worker/train/tasks/detection/metrics/average_precision.h"

namespace visionops::train {
namespace {

constexpr CenterGrid kGrid{16, 4, 3};

CenterTargets targets_of(const std::vector<TargetObject>& objects) {
  CenterTargets targets;
  append_targets(kGrid, 0, objects, targets);
  return targets;
}

float cell(const std::vector<float>& plane, int x, int y) {
  return plane[static_cast<std::size_t>(y * kGrid.side + x)];
}

TEST(CenterTargets, PutsAPeakOfOneIntoTheCentreCellWithSizeAndOffset) {
  const auto t = targets_of({{2, {21, 10, 20, 12}}});  // middle 31, 16: cell 7, 4
  ASSERT_EQ(t.plane_index, std::vector<std::int64_t>{2});
  EXPECT_EQ(cell(t.planes, 7, 4), 1.0F);
  EXPECT_EQ(std::ranges::count(t.planes, 1.0F), 1);
  EXPECT_EQ(t.centers, std::vector<std::int64_t>{4 * 16 + 7});
  EXPECT_EQ(t.sizes, (std::vector<float>{5, 3}));
  EXPECT_EQ(t.offsets, (std::vector<float>{0.75F, 0}));
  EXPECT_EQ(std::ranges::count(t.weight, 1.0F), 256);
}

TEST(CenterTargets, FallsOffAroundThePeakAndKeepsTheHigherOfTwo) {
  const auto t = targets_of({{0, {8, 8, 32, 32}}, {0, {16, 8, 32, 32}}});
  ASSERT_EQ(t.plane_index.size(), 1U) << "one plane for a category of an image";
  EXPECT_EQ(cell(t.planes, 6, 6), 1.0F);
  EXPECT_EQ(cell(t.planes, 8, 6), 1.0F);
  EXPECT_GT(cell(t.planes, 6, 5), cell(t.planes, 5, 5));
  EXPECT_LT(cell(t.planes, 6, 5), 1.0F);
  EXPECT_EQ(cell(t.planes, 0, 15), 0.0F);
}

TEST(CenterTargets, NumbersPlanesAndCentresByImage) {
  CenterTargets t;
  append_targets(kGrid, 0, std::vector<TargetObject>{}, t);
  append_targets(kGrid, 1, std::vector<TargetObject>{{1, {0, 0, 8, 8}}}, t);
  EXPECT_EQ(t.plane_index, std::vector<std::int64_t>{1 * 3 + 1});
  EXPECT_EQ(t.centers, std::vector<std::int64_t>{256 + 17});
  EXPECT_EQ(t.weight.size(), 512U);
}

TEST(CenterTargets, GivesASharedCentreCellToTheSmallerObject) {
  const auto t = targets_of({{0, {0, 0, 32, 32}}, {1, {12, 12, 8, 8}}});
  EXPECT_EQ(t.plane_index.size(), 2U) << "both are in their heatmaps";
  EXPECT_EQ(t.centers.size(), 1U);
  EXPECT_EQ(t.sizes, (std::vector<float>{2, 2}));
}

TEST(CenterTargets, DoesNotJudgeTheCellsOfACrowdRegionExceptForCentresInIt) {
  const auto t = targets_of({{0, {8, 8, 8, 8}, /*uncounted=*/true}, {1, {10, 10, 4, 4}}});
  EXPECT_EQ(t.plane_index, std::vector<std::int64_t>{1}) << "a crowd region is not a target";
  EXPECT_EQ(cell(t.weight, 2, 2), 0.0F);
  EXPECT_EQ(cell(t.weight, 3, 3), 1.0F) << "the centre of the counted object";
  EXPECT_EQ(cell(t.weight, 1, 1), 1.0F);
  EXPECT_EQ(cell(t.weight, 4, 4), 1.0F);
  EXPECT_EQ(std::ranges::count(t.weight, 0.0F), 3);
}

TEST(CenterTargets, KeepsCentresOnTheEdgeInsideTheGrid) {
  const auto t = targets_of({{0, {60, 60, 4, 4}}, {0, {0, 0, 1, 1}}});
  for (const auto center : t.centers) EXPECT_LT(center, 256);
  EXPECT_EQ(cell(t.planes, 15, 15), 1.0F);
}

// The definition itself: with the radius the worst of the three ways to move two corners keeps the overlap, and a
// little more breaks it.
TEST(GaussianRadius, IsTheLargestMoveThatKeepsTheOverlap) {
  for (const auto& [width, height] : {std::pair{5.0, 5.0}, {10.0, 4.0}, {3.0, 30.0}, {20.0, 17.0}}) {
    const Box box{100, 100, width, height};
    const auto worst = [&](double r) {
      const Box shifted{100 + r, 100 + r, width, height};
      const Box inside{100 + r, 100 + r, width - 2 * r, height - 2 * r};
      const Box outside{100 - r, 100 - r, width + 2 * r, height + 2 * r};
      return std::min({overlap(shifted, box, false), overlap(inside, box, false), overlap(outside, box, false)});
    };
    const double radius = gaussian_radius(width, height, 0.7);
    EXPECT_NEAR(worst(radius), 0.7, 1e-9);
    EXPECT_LT(worst(radius * 1.01), 0.7);
  }
}

}  // namespace
}  // namespace visionops::train
