#include "worker/train/tasks/detection/learner/center_decode.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace visionops::train {
namespace {

/// One image: scores and flat indexes of its peaks, four regression values of each.
std::vector<Detection> boxes_of(const at::Tensor& scores, const at::Tensor& indexes, const at::Tensor& regression,
                                std::int64_t side) {
  const auto* score = scores.const_data_ptr<float>();
  const auto* index = indexes.const_data_ptr<std::int64_t>();
  const auto* values = regression.const_data_ptr<float>();
  std::vector<Detection> found;
  for (std::int64_t i = 0; i < scores.numel(); ++i) {
    if (!(score[i] > 0)) break;  // sorted: only suppressed cells follow
    const auto cell = index[i] % (side * side);
    const double width = std::max(0.0F, values[4 * i]) * kCenterNetStride;
    const double height = std::max(0.0F, values[4 * i + 1]) * kCenterNetStride;
    const double x = (static_cast<double>(cell % side) + values[4 * i + 2]) * kCenterNetStride;
    const double y = (static_cast<double>(cell / side) + values[4 * i + 3]) * kCenterNetStride;
    found.push_back({static_cast<std::uint32_t>(index[i] / (side * side)),
                     score[i],
                     {x - width / 2, y - height / 2, width, height}});
  }
  return found;
}

}  // namespace

std::vector<std::vector<Detection>> decode_centers(const CenterNetOutput& output, std::int32_t limit) {
  const auto images = output.heatmap.size(0), side = output.heatmap.size(3);
  const auto probability = at::sigmoid(output.heatmap.contiguous());
  const auto highest = at::max_pool2d(probability, {3, 3}, {1, 1}, {1, 1});
  const auto peaks = at::where(highest == probability, probability, at::zeros_like(probability)).flatten(1);
  const auto [scores, indexes] = at::topk(peaks, std::min<std::int64_t>(limit, peaks.size(1)), 1);
  const auto cells = at::remainder(indexes, side * side).unsqueeze(1).expand({-1, 4, -1});
  const auto values = output.regression.flatten(2).gather(2, cells).permute({0, 2, 1}).contiguous().cpu();
  const auto scores_here = scores.cpu(), indexes_here = indexes.cpu();

  std::vector<std::vector<Detection>> result;
  for (std::int64_t i = 0; i < images; ++i)
    result.push_back(boxes_of(scores_here[i], indexes_here[i], values[i], side));
  return result;
}

}  // namespace visionops::train
