#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "worker/train/engine/sampling/augmentation.h"
#include "worker/train/engine/sampling/counter_random.h"
#include "worker/train/engine/sampling/epoch_order.h"

namespace visionops::train {
namespace {

TEST(CounterRandom, DependsOnEveryPartOfItsKeyAndItsOrder) {
  const auto first = [](std::initializer_list<std::uint64_t> key) { return CounterRandom(key).bits(); };
  EXPECT_EQ(first({1, 2, 3}), first({1, 2, 3}));
  EXPECT_NE(first({1, 2, 3}), first({1, 2, 4}));
  EXPECT_NE(first({1, 2, 3}), first({2, 1, 3}));
  EXPECT_NE(first({0}), first({0, 0}));
}

TEST(CounterRandom, IsUniform) {
  CounterRandom random{42};
  std::vector<int> buckets(10);
  for (int i = 0; i < 100000; ++i) ++buckets[static_cast<std::size_t>(random.unit() * 10)];
  for (const int count : buckets) EXPECT_NEAR(count, 10000, 500);  // five sigma
  for (int i = 0; i < 1000; ++i) EXPECT_LT(random.below(7), 7U);
}

TEST(EpochOrder, IsAPermutationThatChangesWithSeedAndEpoch) {
  const auto order = epoch_order(1, 1, 100);
  auto sorted = order;
  std::ranges::sort(sorted);
  std::vector<std::uint32_t> all(100);
  std::iota(all.begin(), all.end(), 0U);
  EXPECT_EQ(sorted, all);
  EXPECT_NE(order, all);
  EXPECT_EQ(order, epoch_order(1, 1, 100));
  EXPECT_NE(order, epoch_order(1, 2, 100));
  EXPECT_NE(order, epoch_order(2, 1, 100));
  EXPECT_TRUE(epoch_order(1, 1, 0).empty());
}

TEST(Augmentation, StaysInItsRange) {
  const AugmentationRange range{0.5, 2, 0.1, 0.2, 25, true};
  bool flipped = false, upright = false;
  for (std::uint32_t sample = 0; sample < 500; ++sample) {
    const auto a = draw_augmentation(range, 80, 60, 96, 7, 1, sample);
    EXPECT_GE(std::abs(a.scale_x), 0.5);
    EXPECT_LE(std::abs(a.scale_x), 2);
    EXPECT_EQ(std::abs(a.scale_x), a.scale_y);
    const double middle_x = a.scale_x * 40 + a.shift_x, middle_y = a.scale_y * 30 + a.shift_y;
    EXPECT_NEAR(middle_x, 40, 9.6 + 1e-9) << "the middle of the image moves by the shift alone";
    EXPECT_NEAR(middle_y, 30, 9.6 + 1e-9);
    EXPECT_NEAR(a.contrast, 1, 0.2);
    EXPECT_NEAR(a.brightness, 0, 25);
    (a.scale_x < 0 ? flipped : upright) = true;
  }
  EXPECT_TRUE(flipped && upright);
}

TEST(Augmentation, IsTheSameForTheSameSampleOfAnEpochOnly) {
  const AugmentationRange range;
  const auto scale = [&](std::uint64_t seed, std::int32_t epoch, std::uint32_t sample) {
    return draw_augmentation(range, 80, 60, 96, seed, epoch, sample).scale_x;
  };
  EXPECT_EQ(scale(1, 2, 3), scale(1, 2, 3));
  EXPECT_NE(scale(1, 2, 3), scale(1, 3, 3));
  EXPECT_NE(scale(1, 2, 3), scale(1, 2, 4));
  EXPECT_NE(scale(1, 2, 3), scale(2, 2, 3));
}

TEST(AugmentationTransform, MovesScalesAndMirrorsBoxes) {
  EXPECT_EQ(transform({2, 2, 5, -1}, {10, 10, 4, 6}, 100), (Box{25, 19, 8, 12}));
  // mirrored in an image of 50 pixels: x' = 50 - x
  EXPECT_EQ(transform({-1, 1, 50, 0}, {10, 10, 4, 6}, 100), (Box{36, 10, 4, 6}));
}

TEST(AugmentationTransform, CutsBoxesAtTheEdgeAndDropsThoseThatAreHardlySeen) {
  EXPECT_EQ(transform({1, 1, -5, 0}, {0, 0, 10, 10}, 100), (Box{0, 0, 5, 10}));
  EXPECT_EQ(transform({1, 1, -8, 0}, {0, 0, 10, 10}, 100), std::nullopt);
  EXPECT_EQ(transform({1, 1, 200, 0}, {0, 0, 10, 10}, 100), std::nullopt);
  EXPECT_EQ(transform({0.05, 0.05, 0, 0}, {0, 0, 10, 10}, 100), std::nullopt) << "smaller than a pixel";
}

}  // namespace
}  // namespace visionops::train
