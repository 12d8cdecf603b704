#include "worker/train/tasks/detection/losses/center_loss.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace visionops::train {
namespace {

constexpr double kSizeWeight = 0.1;

/// (1-p)^2 log p at the centres, (1-t)^4 p^2 log(1-p) elsewhere; from logits, so that no log meets 0.
at::Tensor focal_loss(const at::Tensor& logits, const CenterTargetTensors& targets) {
  const auto cells = {logits.size(0) * logits.size(1), logits.size(2), logits.size(3)};
  const auto target =
      at::zeros(cells, targets.planes.options()).index_copy_(0, targets.plane_index, targets.planes).view_as(logits);
  const auto probability = at::sigmoid(logits);
  const auto log_yes = at::log_sigmoid(logits);
  const auto log_no = log_yes - logits;
  const auto at_center = (1 - probability).square() * log_yes;
  const auto elsewhere = (1 - target).square().square() * targets.weight * probability.square() * log_no;
  return -at::where(target == 1, at_center, elsewhere).sum();
}

}  // namespace

CenterLoss center_loss(const at::Tensor& heatmap, const at::Tensor& regression, const CenterTargetTensors& targets) {
  const auto centers = targets.centers.size(0);
  const auto share = 1.0 / static_cast<double>(std::max<std::int64_t>(1, centers));
  CenterLoss loss;
  loss.heatmap = focal_loss(heatmap.contiguous(), targets) * share;
  const auto predicted = regression.permute({0, 2, 3, 1}).reshape({-1, 4}).index_select(0, targets.centers);
  loss.size = (predicted.narrow(1, 0, 2) - targets.sizes).abs().sum() * share;
  loss.offset = (predicted.narrow(1, 2, 2) - targets.offsets).abs().sum() * share;
  loss.total = loss.heatmap + kSizeWeight * loss.size + loss.offset;
  return loss;
}

}  // namespace visionops::train
