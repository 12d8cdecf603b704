#include "worker/train/tasks/detection/losses/center_loss.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace visionops::train {
namespace {

const at::TensorOptions kReal = at::TensorOptions(at::kDouble);

at::Tensor reals(std::vector<double> values, at::IntArrayRef shape) { return at::tensor(values, kReal).reshape(shape); }

/// One image, one category, 2 x 2 cells; the object is in cell 3 (x 1, y 1), cell 2 has a half-way target.
CenterTargetTensors one_object() {
  return {reals({0, 0, 0.5, 1}, {1, 2, 2}), at::zeros({1}, at::kLong), at::ones({1, 1, 2, 2}, kReal),
          at::full({1}, 3, at::kLong),      reals({5, 3}, {1, 2}),     reals({0.25, 0.75}, {1, 2})};
}

at::Tensor logits(std::vector<double> probabilities) {
  auto p = at::tensor(probabilities, kReal);
  return (p / (1 - p)).log();
}

TEST(CenterLoss, EqualsTheFormulasOfThePaper) {
  const auto heatmap = logits({0.1, 0.2, 0.3, 0.6}).reshape({1, 1, 2, 2});
  auto regression = at::zeros({1, 4, 2, 2}, kReal);
  regression.select(2, 1).select(2, 1).copy_(reals({4, 5, 0.5, 0.5}, {1, 4}));
  const auto loss = center_loss(heatmap, regression, one_object());
  const double at_center = -0.4 * 0.4 * std::log(0.6);
  const double elsewhere = -0.1 * 0.1 * std::log(0.9) - 0.2 * 0.2 * std::log(0.8) - 0.0625 * 0.3 * 0.3 * std::log(0.7);
  EXPECT_NEAR(loss.heatmap.item<double>(), at_center + elsewhere, 1e-12);
  EXPECT_NEAR(loss.size.item<double>(), 1 + 2, 1e-12);
  EXPECT_NEAR(loss.offset.item<double>(), 0.25 + 0.25, 1e-12);
  EXPECT_NEAR(loss.total.item<double>(), at_center + elsewhere + 0.1 * 3 + 0.5, 1e-12);
}

TEST(CenterLoss, DividesByTheNumberOfObjects) {
  auto targets = one_object();
  const auto heatmap = at::zeros({2, 1, 2, 2}, kReal), regression = at::zeros({2, 4, 2, 2}, kReal);
  targets.planes = targets.planes.repeat({2, 1, 1});
  targets.plane_index = at::arange(2, at::kLong);
  targets.weight = at::ones({2, 1, 2, 2}, kReal);
  targets.centers = at::tensor({3, 7}, at::kLong);
  targets.sizes = targets.sizes.repeat({2, 1});
  targets.offsets = targets.offsets.repeat({2, 1});
  const auto both = center_loss(heatmap, regression, targets);
  const auto one = center_loss(heatmap.narrow(0, 0, 1), regression.narrow(0, 0, 1), one_object());
  EXPECT_NEAR(both.total.item<double>(), one.total.item<double>(), 1e-12);
}

TEST(CenterLoss, IsFiniteForABatchWithoutObjectsAndForExtremeLogits) {
  auto targets = one_object();
  targets.planes = at::zeros({0, 2, 2}, kReal);
  targets.plane_index = at::zeros({0}, at::kLong);
  targets.centers = at::zeros({0}, at::kLong);
  targets.sizes = targets.offsets = at::zeros({0, 2}, kReal);
  const auto empty = center_loss(at::zeros({1, 1, 2, 2}, kReal), at::zeros({1, 4, 2, 2}, kReal), targets);
  EXPECT_NEAR(empty.total.item<double>(), -4 * 0.25 * std::log(0.5), 1e-12);
  EXPECT_EQ(empty.size.item<double>(), 0);
  for (const double extreme : {-1e4, 1e4}) {
    const auto loss = center_loss(at::full({1, 1, 2, 2}, extreme, kReal), at::zeros({1, 4, 2, 2}, kReal), one_object());
    EXPECT_TRUE(std::isfinite(loss.total.item<double>()));
  }
}

TEST(CenterLoss, DoesNotLookAtCellsWithoutWeight) {
  auto targets = one_object();
  targets.weight.fill_(0).select(2, 1).select(2, 1).fill_(1);
  const auto low =
      center_loss(logits({0.1, 0.1, 0.1, 0.6}).reshape({1, 1, 2, 2}), at::zeros({1, 4, 2, 2}, kReal), targets);
  const auto high =
      center_loss(logits({0.9, 0.9, 0.9, 0.6}).reshape({1, 1, 2, 2}), at::zeros({1, 4, 2, 2}, kReal), targets);
  EXPECT_EQ(low.heatmap.item<double>(), high.heatmap.item<double>());
}

TEST(CenterLoss, HasTheGradientOfItsValue) {
  at::manual_seed(3);
  const auto heatmap = at::randn({1, 1, 2, 2}, kReal).requires_grad_(true);
  const auto regression = at::randn({1, 4, 2, 2}, kReal).requires_grad_(true);
  center_loss(heatmap, regression, one_object()).total.backward();
  constexpr double step = 1e-6;
  for (const auto& input : {heatmap, regression}) {
    for (std::int64_t i = 0; i < input.numel(); ++i) {
      const auto value = [&](double move) {
        auto moved = input.detach().clone();
        moved.view(-1)[i] += move;
        const bool heat = input.is_same(heatmap);
        return center_loss(heat ? moved : heatmap.detach(), heat ? regression.detach() : moved, one_object())
            .total.item<double>();
      };
      const double slope = (value(step) - value(-step)) / (2 * step);
      EXPECT_NEAR(input.grad().view(-1)[i].item<double>(), slope, 1e-6);
    }
  }
}

}  // namespace
}  // namespace visionops::train
