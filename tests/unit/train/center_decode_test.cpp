#include "worker/train/tasks/detection/learner/center_decode.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace visionops::train {
namespace {

/// Two categories on 4 x 4 cells, everything unlikely.
CenterNetOutput quiet() { return {at::full({1, 2, 4, 4}, -8.0F), at::zeros({1, 4, 4, 4})}; }

TEST(CenterDecode, ReadsBoxesAtThePeaksBestFirst) {
  auto output = quiet();
  output.heatmap[0][1][2][3] = 2.0F;
  output.heatmap[0][0][0][0] = 1.0F;
  output.regression.select(2, 2).select(2, 3).copy_(at::tensor({2.0F, 1.0F, 0.5F, 0.25F}));
  const auto found = decode_centers(output, 2);
  ASSERT_EQ(found.size(), 1U);
  ASSERT_EQ(found[0].size(), 2U);
  EXPECT_EQ(found[0][0].category, 1U);
  EXPECT_NEAR(found[0][0].score, 0.8808, 1e-4);
  // middle (3.5, 2.25) cells, 2 x 1 cells, of 4 pixels each
  EXPECT_EQ(found[0][0].box, (Box{14 - 4, 9 - 2, 8, 4}));
  EXPECT_EQ(found[0][1].category, 0U);
}

TEST(CenterDecode, LeavesOutTheNeighboursOfAPeakInItsCategoryOnly) {
  auto output = quiet();
  output.heatmap[0][0][1][1] = 2.0F;
  output.heatmap[0][0][1][2] = 1.5F;
  output.heatmap[0][1][1][2] = 1.0F;
  const auto found = decode_centers(output, 3);
  std::size_t likely = 0;
  for (const auto& detection : found[0]) {
    if (detection.score < 0.5) continue;
    ++likely;
    EXPECT_TRUE(detection.category == 1 || detection.score > 0.85);
  }
  EXPECT_EQ(likely, 2U);
}

TEST(CenterDecode, GivesNoNegativeSidesAndNoMoreThanTheLimit) {
  auto output = quiet();
  output.regression.fill_(-3);
  for (const std::int32_t limit : {1, 5, 1000}) {
    const auto found = decode_centers(output, limit);
    EXPECT_LE(std::ssize(found[0]), limit);
    for (const auto& detection : found[0]) EXPECT_EQ(detection.box.area(), 0);
  }
}

TEST(CenterDecode, KeepsTheImagesOfABatchApart) {
  auto output = quiet();
  output.heatmap = output.heatmap.repeat({2, 1, 1, 1});
  output.regression = output.regression.repeat({2, 1, 1, 1});
  output.heatmap[1][0][3][0] = 3.0F;
  output.regression[1][0][3][0] = 1.0F;
  const auto found = decode_centers(output, 1);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_LT(found[0].at(0).score, 0.01);
  EXPECT_GT(found[1].at(0).score, 0.9);
  EXPECT_EQ(found[1].at(0).box.width, 4);
}

}  // namespace
}  // namespace visionops::train
