#include "worker/train/tasks/detection/learner/detection_learner.h"

#include <c10/core/GradMode.h>

#include <utility>

#include "worker/train/engine/network/network_parts.h"
#include "worker/train/models/centernet_nano.h"
#include "worker/train/tasks/detection/facts.h"
#include "worker/train/tasks/detection/learner/center_decode.h"
#include "worker/train/tasks/detection/losses/center_loss.h"

namespace visionops::train {
namespace {

at::Tensor pixels_of(const PixelBatch& batch, std::int64_t side, at::Device device) {
  // N x H x W x 3 bytes are the "channels last" layout of N x 3 x H x W, which convolutions like best.
  return tensor_of(batch.pixels, {batch.images, side, side, 3}, at::kByte, device)
      .permute({0, 3, 1, 2})
      .to(at::kFloat)
      .div_(255);
}

CenterTargetTensors targets_of(const DetectionBatch& batch, std::int64_t side, at::Device device) {
  const auto& t = batch.targets;
  const auto centers = std::ssize(t.centers);
  return {tensor_of(t.planes, {std::ssize(t.plane_index), side, side}, at::kFloat, device),
          tensor_of(t.plane_index, {std::ssize(t.plane_index)}, at::kLong, device),
          tensor_of(t.weight, {batch.pixels.images, 1, side, side}, at::kFloat, device),
          tensor_of(t.centers, {centers}, at::kLong, device),
          tensor_of(t.sizes, {centers, 2}, at::kFloat, device),
          tensor_of(t.offsets, {centers, 2}, at::kFloat, device)};
}

CenterNetNano& as_detector(torch::nn::Module& network) { return static_cast<CenterNetNano&>(network); }

}  // namespace

CenterGrid DetectorDesign::grid() const {
  return {side / kCenterNetStride, kCenterNetStride, static_cast<std::uint32_t>(categories.size())};
}

struct DetectionLearner::State {
  DetectorDesign design;
  TrainedNetwork network;
};

DetectionLearner::DetectionLearner(std::unique_ptr<State> state) : state_(std::move(state)) {}
DetectionLearner::~DetectionLearner() = default;

Result<std::unique_ptr<DetectionLearner>> DetectionLearner::create(const DetectorDesign& design,
                                                                   const NetworkSettings& settings) {
  auto network = make_network(settings, kDetectionLosses, [&] {
    return std::make_shared<CenterNetNano>(design.width, std::ssize(design.categories));
  });
  if (!network) return network.error();
  auto state = std::make_unique<State>(State{design, *std::move(network)});
  return std::unique_ptr<DetectionLearner>(new DetectionLearner(std::move(state)));
}

Status DetectionLearner::step(const DetectionBatch& batch, double learning_rate) {
  auto& s = *state_;
  return train_step(s.network, learning_rate, [&]() -> std::vector<at::Tensor> {
    const auto device = device_of(s.network);
    const auto output = as_detector(network_of(s.network)).forward(pixels_of(batch.pixels, s.design.side, device));
    auto loss = center_loss(output.heatmap, output.regression, targets_of(batch, s.design.grid().side, device));
    return {loss.total, loss.heatmap, loss.size, loss.offset};
  });
}

Result<std::vector<std::vector<Detection>>> DetectionLearner::detect(const PixelBatch& batch, std::int32_t limit) {
  using Found = Result<std::vector<std::vector<Detection>>>;
  return guarded("evaluation", [&]() -> Found {
    const at::NoGradGuard no_grad;
    auto& s = *state_;
    const auto pixels = pixels_of(batch, s.design.side, device_of(s.network));
    return decode_centers(as_detector(average_of(s.network)).forward(pixels), limit);
  });
}

TrainedNetwork& DetectionLearner::network() { return state_->network; }

}  // namespace visionops::train
