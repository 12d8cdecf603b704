#include "worker/train/models/centernet_nano.h"

#include <ATen/Functions.h>
#include <torch/nn/init.h>
#include <torch/nn/modules/batchnorm.h>

#include <cmath>

namespace visionops::train {
namespace {

namespace nn = torch::nn;

nn::Conv2d conv(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride = 1, bool bias = false) {
  return nn::Conv2d(nn::Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2).bias(bias));
}

/// Convolution and norm, and a ReLU unless the caller adds something first.
class ConvNormImpl final : public nn::Module {
 public:
  ConvNormImpl(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride = 1, bool relu = true)
      : conv_(register_module("conv", conv(in, out, kernel, stride))),
        norm_(register_module("norm", nn::BatchNorm2d(out))),
        relu_(relu) {}
  at::Tensor forward(const at::Tensor& x) {
    auto y = norm_->forward(conv_->forward(x));
    return relu_ ? y.relu_() : y;
  }

 private:
  nn::Conv2d conv_;
  nn::BatchNorm2d norm_;
  bool relu_;
};
TORCH_MODULE(ConvNorm);

class ResidualImpl final : public nn::Module {
 public:
  explicit ResidualImpl(std::int64_t channels)
      : first_(register_module("first", ConvNorm(channels, channels, 3))),
        second_(register_module("second", ConvNorm(channels, channels, 3, 1, false))) {}
  at::Tensor forward(const at::Tensor& x) { return second_->forward(first_->forward(x)).add_(x).relu_(); }

 private:
  ConvNorm first_, second_;
};
TORCH_MODULE(Residual);

at::Tensor twice_as_large(const at::Tensor& x) { return at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)}); }

}  // namespace

CenterNetNano::CenterNetNano(std::int64_t width, std::int64_t categories) {
  const auto half = width / 2;
  stride4_ =
      register_module("stride4", nn::Sequential(ConvNorm(3, half, 3, 2), ConvNorm(half, width, 3, 2), Residual(width)));
  stride8_ = register_module("stride8", nn::Sequential(ConvNorm(width, 2 * width, 3, 2), Residual(2 * width)));
  stride16_ = register_module("stride16", nn::Sequential(ConvNorm(2 * width, 4 * width, 3, 2), Residual(4 * width)));
  down_to_8_ = register_module("down_to_8", nn::Sequential(ConvNorm(4 * width, 2 * width, 1, 1, false)));
  lateral_8_ = register_module("lateral_8", conv(2 * width, 2 * width, 1));
  join_8_ = register_module("join_8", nn::Sequential(ConvNorm(2 * width, 2 * width, 3)));
  down_to_4_ = register_module("down_to_4", nn::Sequential(ConvNorm(2 * width, width, 1, 1, false)));
  lateral_4_ = register_module("lateral_4", conv(width, width, 1));
  join_4_ = register_module("join_4", nn::Sequential(ConvNorm(width, 2 * width, 3)));
  heatmap_ = register_module("heatmap", conv(2 * width, categories, 1, 1, true));
  regression_ = register_module("regression", conv(2 * width, 4, 1, 1, true));
  // Every cell starts at a probability of 0.1, so that the many empty cells do not drown the rest.
  nn::init::constant_(heatmap_->bias, -std::log(0.9 / 0.1));
}

CenterNetOutput CenterNetNano::forward(const at::Tensor& pixels) {
  const auto at_4 = stride4_->forward(pixels.sub(0.5).div_(0.25));
  const auto at_8 = stride8_->forward(at_4);
  const auto at_16 = stride16_->forward(at_8);
  const auto joined_8 =
      join_8_->forward(twice_as_large(down_to_8_->forward(at_16)).add_(lateral_8_->forward(at_8)).relu_());
  const auto joined_4 =
      join_4_->forward(twice_as_large(down_to_4_->forward(joined_8)).add_(lateral_4_->forward(at_4)).relu_());
  return {heatmap_->forward(joined_4), regression_->forward(joined_4)};
}

}  // namespace visionops::train
