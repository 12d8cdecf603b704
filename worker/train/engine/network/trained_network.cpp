#include "worker/train/engine/network/trained_network.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <map>
#include <new>
#include <utility>

#include "worker/train/engine/network/adam.h"
#include "worker/train/engine/network/network_parts.h"
#include "worker/train/engine/network/tensor_archive.h"

namespace visionops::train {
namespace {

constexpr double kAverageDecay = 0.998;
constexpr const char* kNoteKey = "note";

using NamedTensors = std::map<std::string, at::Tensor>;

/// Weights and the running statistics of the norms.
NamedTensors tensors_of(const torch::nn::Module& network) {
  NamedTensors tensors;
  for (const auto& item : network.named_parameters()) tensors.emplace(item.key(), item.value().detach());
  for (const auto& item : network.named_buffers()) tensors.emplace(item.key(), item.value());
  return tensors;
}

std::vector<std::pair<std::string, at::Tensor>> parameters_of(const torch::nn::Module& network) {
  std::vector<std::pair<std::string, at::Tensor>> parameters;
  for (const auto& item : network.named_parameters()) parameters.emplace_back(item.key(), item.value());
  return parameters;
}

bool fits(const NamedTensors& wanted, const NamedTensors& saved) {
  return wanted.size() == saved.size() && std::ranges::all_of(wanted, [&](const auto& item) {
           const auto it = saved.find(item.first);
           return it != saved.end() && it->second.sizes() == item.second.sizes();
         });
}

void copy(const NamedTensors& from, const NamedTensors& to) {
  for (const auto& [name, tensor] : to) tensor.copy_(from.at(name));
}

/// A copy on the CPU that later steps do not change.
NamedTensors snapshot(const NamedTensors& tensors) {
  NamedTensors copies;
  for (const auto& [name, tensor] : tensors) copies.emplace(name, tensor.cpu().clone());
  return copies;
}

void set_up_process(const NetworkSettings& settings) {
  at::set_num_threads(settings.threads);
  auto& context = at::globalContext();
  context.setDeterministicAlgorithms(true, /*warn_only=*/true);
  context.setDeterministicFillUninitializedMemory(false);  // every element is written before it is read
  context.setDeterministicCuDNN(true);
  context.setDeterministicMkldnn(true);
  context.setFlushDenormal(true);
  at::manual_seed(settings.seed);
}

}  // namespace

struct TrainedNetwork::State {
  State(const NetworkSettings& settings, std::span<const std::string_view> parts, const MakeNetwork& make,
        at::Device on)
      : loss_names{kTotalLoss}, device(on), network(make()), average(make()) {
    loss_names.insert(loss_names.end(), parts.begin(), parts.end());
    network->to(device);
    average->to(device);
    average->eval();
    copy(tensors_of(*network), tensors_of(*average));
    optimizer = std::make_unique<Adam>(parameters_of(*network), settings.weight_decay);
    losses = at::zeros({std::ssize(loss_names)}, at::TensorOptions(at::kDouble).device(device));
  }

  /// Exact copies at first, then slower and slower, so that the first epochs are worth evaluating.
  void update_average() {
    const auto n = static_cast<double>(++averaged_steps);
    const double keep = std::min(kAverageDecay, (1 + n) / (10 + n));
    std::vector<at::Tensor> targets, sources;
    auto to = tensors_of(*average);
    for (const auto& [name, tensor] : tensors_of(*network)) {
      if (tensor.is_floating_point()) {
        targets.push_back(to.at(name));
        sources.push_back(tensor);
      } else {
        to.at(name).copy_(tensor);
      }
    }
    at::_foreach_lerp_(targets, sources, 1 - keep);
  }

  std::vector<std::string> loss_names;
  at::Device device;
  std::shared_ptr<torch::nn::Module> network, average;
  std::unique_ptr<Adam> optimizer;
  std::int64_t averaged_steps = 0;
  at::Tensor losses;  // by loss_names; on the device, so that a step does not wait for it
};

Error error_of(const std::exception& e, const char* doing) {
  const std::string what = e.what();  // libtorch appends a stack trace after the first line
  const std::string line = std::string(doing) + ": " + what.substr(0, what.find('\n'));
  const bool memory = dynamic_cast<const std::bad_alloc*>(&e) != nullptr ||
                      what.find("out of memory") != std::string::npos ||
                      what.find("can't allocate memory") != std::string::npos;
  return memory ? Error{ErrorClass::OutOfMemory, line} : internal_error(line);
}

Result<TrainedNetwork> make_network(const NetworkSettings& settings, std::span<const std::string_view> losses,
                                    const MakeNetwork& make) {
  return guarded("cannot build the network", [&]() -> Result<TrainedNetwork> {
    set_up_process(settings);
    const bool gpu = settings.gpu && at::hasCUDA();
    const auto device = gpu ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
    return TrainedNetwork(std::make_unique<TrainedNetwork::State>(settings, losses, make, device));
  });
}

Status train_step(TrainedNetwork& network, double learning_rate,
                  const std::function<std::vector<at::Tensor>()>& losses) {
  return guarded("training step", [&]() -> Status {
    auto& s = network.state();
    s.network->train();
    const auto values = losses();
    values.at(0).backward();
    const at::NoGradGuard no_grad;
    s.optimizer->step(learning_rate);
    s.update_average();
    s.losses += at::stack(values);
    return {};
  });
}

torch::nn::Module& network_of(TrainedNetwork& network) { return *network.state().network; }
torch::nn::Module& average_of(TrainedNetwork& network) { return *network.state().average; }
at::Device device_of(const TrainedNetwork& network) { return network.state().device; }

TrainedNetwork::TrainedNetwork(std::unique_ptr<State> state) : state_(std::move(state)) {}
TrainedNetwork::TrainedNetwork(TrainedNetwork&&) noexcept = default;
TrainedNetwork::~TrainedNetwork() = default;

Status TrainedNetwork::set_losses(const LossSums& sums) {
  return guarded("setting the losses", [&]() -> Status {
    std::vector<double> values;
    for (const auto& name : state_->loss_names) {
      const auto it = sums.find(name);
      values.push_back(it == sums.end() ? 0 : it->second);
    }
    state_->losses = tensor_of(values, {std::ssize(values)}, at::kDouble, state_->device);
    return {};
  });
}

Result<LossSums> TrainedNetwork::losses() {
  return guarded("reading the losses", [&]() -> Result<LossSums> {
    const auto values = state_->losses.cpu();
    const auto* value = values.const_data_ptr<double>();
    LossSums sums;
    for (const auto& name : state_->loss_names) sums[name] = *value++;
    return sums;
  });
}

Result<std::string> TrainedNetwork::save(const std::string& note) const {
  return guarded("saving the weights", [&]() -> Result<std::string> {
    const auto& s = *state_;
    TensorArchive archive;
    archive.texts[kNoteKey] = note;
    archive.groups["model"] = snapshot(tensors_of(*s.network));
    archive.groups["average"] = snapshot(tensors_of(*s.average));
    archive.groups["adam"] = snapshot(s.optimizer->state());
    archive.groups["progress"]["averaged_steps"] = at::full({}, s.averaged_steps, at::kLong);
    return encode(archive);
  });
}

Result<std::string> TrainedNetwork::read_note(std::string_view bytes) {
  return guarded("reading the checkpoint", [&]() -> Result<std::string> {
    const auto archive = decode_tensor_archive(bytes);
    if (!archive) return archive.error();
    const auto note = archive->texts.find(kNoteKey);
    if (note == archive->texts.end()) return invalid_error("not a checkpoint of this trainer: it has no note");
    return note->second;
  });
}

Status TrainedNetwork::load(std::string_view bytes) {
  return guarded("loading the weights", [&]() -> Status {
    auto& s = *state_;
    auto archive = decode_tensor_archive(bytes);
    if (!archive) return archive.error();
    auto& groups = archive->groups;
    const auto network = tensors_of(*s.network), average = tensors_of(*s.average);
    const bool whole = fits(network, groups["model"]) && fits(average, groups["average"]) &&
                       fits(s.optimizer->state(), groups["adam"]) &&
                       fits({{"averaged_steps", at::full({}, 0, at::kLong)}}, groups["progress"]);
    if (!whole) return invalid_error("the checkpoint is of another network");
    const at::NoGradGuard no_grad;
    copy(groups["model"], network);
    copy(groups["average"], average);
    s.optimizer->restore(groups["adam"]);
    s.averaged_steps = groups["progress"].at("averaged_steps").item<std::int64_t>();
    return {};
  });
}

Result<std::int64_t> TrainedNetwork::load_weights(std::string_view bytes) {
  return guarded("loading the weights", [&]() -> Result<std::int64_t> {
    auto& s = *state_;
    const auto archive = decode_tensor_archive(bytes);
    if (!archive) return archive.error();
    const auto group = archive->groups.find("average");
    if (group == archive->groups.end()) return invalid_error("the checkpoint has no averaged weights");
    const at::NoGradGuard no_grad;
    std::int64_t kept = 0;
    for (const auto& [name, tensor] : tensors_of(*s.network)) {
      const auto saved = group->second.find(name);
      const bool equal = saved != group->second.end() && saved->second.sizes() == tensor.sizes();
      if (equal) tensor.copy_(saved->second);
      kept += equal ? 0 : 1;
    }
    copy(tensors_of(*s.network), tensors_of(*s.average));
    s.optimizer->reset();
    s.averaged_steps = 0;
    return kept;
  });
}

std::string TrainedNetwork::device() const { return state_->device.is_cuda() ? "cuda" : "cpu"; }

std::int64_t TrainedNetwork::weights() const {
  std::int64_t count = 0;
  for (const auto& parameter : state_->network->parameters()) count += parameter.numel();
  return count;
}

}  // namespace visionops::train
