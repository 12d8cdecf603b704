// What a task's own code with tensors needs of the engine: to make its network, and to take a step with its losses.
// Included by .cpp files alone: libtorch's headers are slow, and bring an fmt of their own.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>
#include <torch/nn/module.h>

#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "worker/train/engine/network/trained_network.h"

namespace visionops::train {

using MakeNetwork = std::function<std::shared_ptr<torch::nn::Module>()>;

/// Sets libtorch's seed, thread count and deterministic mode for the whole process, then makes the network and, by a
/// second call, its average: equal seeds give equal weights. `losses` names the parts of the loss.
Result<TrainedNetwork> make_network(const NetworkSettings& settings, std::span<const std::string_view> losses,
                                    const MakeNetwork& make);

/// One optimiser step. `losses` runs the network forwards and answers the total, which is differentiable, then the
/// parts in the order of their names, all scalars. They are added to sums that stay on the device until
/// TrainedNetwork::losses() waits for them.
Status train_step(TrainedNetwork& network, double learning_rate,
                  const std::function<std::vector<at::Tensor>()>& losses);

torch::nn::Module& network_of(TrainedNetwork& network);
/// The moving average, which is what is evaluated.
torch::nn::Module& average_of(TrainedNetwork& network);
at::Device device_of(const TrainedNetwork& network);

/// OutOfMemory, else Internal; the first line of what libtorch says.
Error error_of(const std::exception& e, const char* doing);

/// Nothing that libtorch throws gets past the door.
template <class F>
auto guarded(const char* doing, F&& call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::exception& e) {
    return error_of(e, doing);
  }
}

/// A copy on the device.
template <class T>
at::Tensor tensor_of(const std::vector<T>& values, at::IntArrayRef shape, at::ScalarType type, at::Device device) {
  // from_blob wants a mutable pointer; the copy is made before anybody could write to it.
  return at::from_blob(const_cast<T*>(values.data()), shape, at::TensorOptions(type)).to(device, type, false, true);
}

}  // namespace visionops::train
