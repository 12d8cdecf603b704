#include <gtest/gtest.h>

#include <limits>

#include "worker/train/engine/schedule/best_epoch.h"
#include "worker/train/engine/schedule/learning_rate.h"

namespace visionops::train {
namespace {

TEST(LearningRate, RisesLinearlyToItsPeakAndFallsToAHundredth) {
  const LearningRate rate{0.1, 10, 110};
  EXPECT_DOUBLE_EQ(rate.at(0), 0.01);
  EXPECT_DOUBLE_EQ(rate.at(4), 0.05);
  EXPECT_DOUBLE_EQ(rate.at(9), 0.1);
  EXPECT_DOUBLE_EQ(rate.at(10), 0.1);
  EXPECT_NEAR(rate.at(109), 0.001, 1e-15);
  EXPECT_NEAR((rate.at(59) + rate.at(60)) / 2, 0.0505, 1e-12) << "half-way down in the middle";
}

TEST(LearningRate, NeverRisesAfterTheWarmUpAndStaysPositive) {
  for (const LearningRate rate :
       {LearningRate{1, 0, 1}, LearningRate{1, 3, 3}, LearningRate{1, 5, 3}, LearningRate{1, 0, 50}}) {
    double before = 2;
    for (std::int64_t step = rate.warmup_steps; step < 60; ++step) {
      EXPECT_GT(rate.at(step), 0);
      EXPECT_LE(rate.at(step), before);
      before = rate.at(step);
    }
  }
}

TEST(BestEpoch, KeepsTheFirstOfEqualValues) {
  BestEpoch best;
  const StoppingRule rule{true, 0, 0};
  EXPECT_TRUE(best.observe(rule, 1, 0.5));
  EXPECT_FALSE(best.observe(rule, 2, 0.5));
  EXPECT_TRUE(best.observe(rule, 3, 0.6));
  EXPECT_FALSE(best.observe(rule, 4, std::numeric_limits<double>::quiet_NaN()));
  EXPECT_EQ(best.epoch, 3);
  EXPECT_EQ(best.value, 0.6);
}

TEST(BestEpoch, PrefersLowerValuesWhenToldSo) {
  BestEpoch best;
  const StoppingRule rule{false, 0, 0};
  EXPECT_TRUE(best.observe(rule, 1, 0.5));
  EXPECT_TRUE(best.observe(rule, 2, 0.4));
  EXPECT_FALSE(best.observe(rule, 3, 0.45));
}

TEST(BestEpoch, IsExhaustedAfterThePatienceWithoutImprovement) {
  BestEpoch best;
  const StoppingRule rule{true, 2, 0};
  (void)best.observe(rule, 1, 0.5);
  EXPECT_FALSE(best.exhausted(rule, 2));
  EXPECT_TRUE(best.exhausted(rule, 3));
  (void)best.observe(rule, 3, 0.51);
  EXPECT_FALSE(best.exhausted(rule, 4));
}

TEST(BestEpoch, DoesNotRenewItsPatienceForAGainBelowMinDelta) {
  BestEpoch best;
  const StoppingRule rule{true, 2, 0.05};
  (void)best.observe(rule, 1, 0.50);
  EXPECT_TRUE(best.observe(rule, 2, 0.52)) << "better all the same";
  EXPECT_TRUE(best.exhausted(rule, 3));
  (void)best.observe(rule, 3, 0.56);
  EXPECT_FALSE(best.exhausted(rule, 4)) << "the small gains add up";
}

TEST(BestEpoch, NeverStopsWithoutPatience) {
  BestEpoch best;
  const StoppingRule rule{true, 0, 0};
  (void)best.observe(rule, 1, 1);
  EXPECT_FALSE(best.exhausted(rule, 1000));
}

}  // namespace
}  // namespace visionops::train
