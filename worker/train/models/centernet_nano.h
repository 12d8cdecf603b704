// The detector `centernet_nano`: a small residual backbone, a feature pyramid back to stride 4, and two
// 1x1 heads (Zhou, Wang, Kraehenbuehl: Objects as Points, 2019). About 0.7 million weights at width 32.
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>

#include <cstdint>

namespace visionops::train {

inline constexpr std::int32_t kCenterNetStride = 4;
/// Sides of the input are multiples of this: the deepest stage works at stride 16, rounded up so that
/// the sizes of users (640, 1280) and of common GPUs' tiles fit.
inline constexpr std::int32_t kCenterNetMultiple = 32;

struct CenterNetOutput {
  at::Tensor heatmap;     ///< N x categories x S/4 x S/4, logits
  at::Tensor regression;  ///< N x 4 x S/4 x S/4: width and height in cells, offset x and y in the cell
};

class CenterNetNano final : public torch::nn::Module {
 public:
  /// `width` >= 4: channels at stride 4. Weights are drawn from torch's default generator.
  CenterNetNano(std::int64_t width, std::int64_t categories);
  /// `pixels`: N x 3 x S x S, 0..1.
  CenterNetOutput forward(const at::Tensor& pixels);

 private:
  torch::nn::Sequential stride4_, stride8_, stride16_;
  torch::nn::Sequential down_to_8_, join_8_, down_to_4_, join_4_;
  torch::nn::Conv2d lateral_8_{nullptr}, lateral_4_{nullptr}, heatmap_{nullptr}, regression_{nullptr};
};

}  // namespace visionops::train
