#include "worker/train/tasks/detection/learner/detection_learner.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <map>
#include <new>
#include <utility>

#include "worker/train/engine/network/adam.h"
#include "worker/train/engine/network/tensor_archive.h"
#include "worker/train/models/centernet_nano.h"
#include "worker/train/tasks/detection/learner/center_decode.h"
#include "worker/train/tasks/detection/losses/center_loss.h"

namespace visionops::train {
namespace {

constexpr double kAverageDecay = 0.998;
constexpr const char* kNoteKey = "note";

using NamedTensors = std::map<std::string, at::Tensor>;

/// Weights and the running statistics of the norms.
NamedTensors tensors_of(const CenterNetNano& network) {
  NamedTensors tensors;
  for (const auto& item : network.named_parameters()) tensors.emplace(item.key(), item.value().detach());
  for (const auto& item : network.named_buffers()) tensors.emplace(item.key(), item.value());
  return tensors;
}

std::vector<std::pair<std::string, at::Tensor>> parameters_of(const CenterNetNano& network) {
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

template <class T>
at::Tensor tensor_of(const std::vector<T>& values, at::IntArrayRef shape, at::ScalarType type, at::Device device) {
  // from_blob wants a mutable pointer; the copy is made before anybody could write to it.
  return at::from_blob(const_cast<T*>(values.data()), shape, at::TensorOptions(type)).to(device, type, false, true);
}

Error error_of(const std::exception& e, const char* doing) {
  const std::string what = e.what();  // libtorch appends a stack trace after the first line
  const std::string line = std::string(doing) + ": " + what.substr(0, what.find('\n'));
  const bool memory = dynamic_cast<const std::bad_alloc*>(&e) != nullptr ||
                      what.find("out of memory") != std::string::npos ||
                      what.find("can't allocate memory") != std::string::npos;
  return memory ? retry_error(line) : internal_error(line);
}

/// Nothing that libtorch throws gets past the door.
template <class F>
auto guarded(const char* doing, F&& call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::exception& e) {
    return error_of(e, doing);
  }
}

}  // namespace

CenterGrid DetectorDesign::grid() const {
  return {side / kCenterNetStride, kCenterNetStride, static_cast<std::uint32_t>(categories.size())};
}

struct DetectionLearner::State {
  State(const LearnerSettings& given, at::Device on)
      : settings(given),
        device(on),
        network(given.design.width, std::ssize(given.design.categories)),
        average(given.design.width, std::ssize(given.design.categories)) {
    network.to(device);
    average.to(device);
    average.eval();
    copy(tensors_of(network), tensors_of(average));
    optimizer = std::make_unique<Adam>(parameters_of(network), settings.weight_decay);
    losses = at::zeros({4}, at::TensorOptions(at::kDouble).device(device));
  }

  /// Exact copies at first, then slower and slower, so that the first epochs are worth evaluating.
  void update_average() {
    const auto n = static_cast<double>(++averaged_steps);
    const double keep = std::min(kAverageDecay, (1 + n) / (10 + n));
    std::vector<at::Tensor> targets, sources;
    auto to = tensors_of(average);
    for (const auto& [name, tensor] : tensors_of(network)) {
      if (tensor.is_floating_point()) {
        targets.push_back(to.at(name));
        sources.push_back(tensor);
      } else {
        to.at(name).copy_(tensor);
      }
    }
    at::_foreach_lerp_(targets, sources, 1 - keep);
  }

  [[nodiscard]] at::Tensor pixels_of(const PixelBatch& batch) const {
    const auto side = settings.design.side;
    // N x H x W x 3 bytes are the "channels last" layout of N x 3 x H x W, which convolutions like best.
    return tensor_of(batch.pixels, {batch.images, side, side, 3}, at::kByte, device)
        .permute({0, 3, 1, 2})
        .to(at::kFloat)
        .div_(255);
  }

  [[nodiscard]] CenterTargetTensors targets_of(const TrainingBatch& batch) const {
    const auto& t = batch.targets;
    const auto side = settings.design.grid().side;
    const auto centers = std::ssize(t.centers);
    return {tensor_of(t.planes, {std::ssize(t.plane_index), side, side}, at::kFloat, device),
            tensor_of(t.plane_index, {std::ssize(t.plane_index)}, at::kLong, device),
            tensor_of(t.weight, {batch.pixels.images, 1, side, side}, at::kFloat, device),
            tensor_of(t.centers, {centers}, at::kLong, device),
            tensor_of(t.sizes, {centers, 2}, at::kFloat, device),
            tensor_of(t.offsets, {centers, 2}, at::kFloat, device)};
  }

  LearnerSettings settings;
  at::Device device;
  CenterNetNano network, average;
  std::unique_ptr<Adam> optimizer;
  std::int64_t averaged_steps = 0;
  at::Tensor losses;  // total, heatmap, size, offset; on the device, so that a step does not wait for it
  std::int64_t loss_steps = 0;
};

DetectionLearner::DetectionLearner(std::unique_ptr<State> state) : state_(std::move(state)) {}
DetectionLearner::~DetectionLearner() = default;

Result<std::unique_ptr<DetectionLearner>> DetectionLearner::create(const LearnerSettings& settings) {
  using Made = Result<std::unique_ptr<DetectionLearner>>;
  return guarded("cannot build the network", [&]() -> Made {
    at::set_num_threads(settings.threads);
    at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/true);
    at::globalContext().setDeterministicFillUninitializedMemory(false);  // every element is written before it is read
    at::globalContext().setDeterministicCuDNN(true);
    at::globalContext().setDeterministicMkldnn(true);
    at::globalContext().setFlushDenormal(true);
    at::manual_seed(settings.seed);
    const bool gpu = settings.gpu && at::hasCUDA();
    auto state = std::make_unique<State>(settings, gpu ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU));
    return std::unique_ptr<DetectionLearner>(new DetectionLearner(std::move(state)));
  });
}

Status DetectionLearner::step(const TrainingBatch& batch, double learning_rate) {
  return guarded("training step", [&]() -> Status {
    auto& s = *state_;
    s.network.train();
    const auto output = s.network.forward(s.pixels_of(batch.pixels));
    const auto loss = center_loss(output.heatmap, output.regression, s.targets_of(batch));
    loss.total.backward();
    const at::NoGradGuard no_grad;
    s.optimizer->step(learning_rate);
    s.update_average();
    s.losses += at::stack({loss.total, loss.heatmap, loss.size, loss.offset});
    ++s.loss_steps;
    return {};
  });
}

Status DetectionLearner::set_losses(const LossValues& sums) {
  return guarded("setting the losses", [&]() -> Status {
    auto& s = *state_;
    s.losses = tensor_of(std::vector{sums.total, sums.heatmap, sums.size, sums.offset}, {4}, at::kDouble, s.device);
    s.loss_steps = sums.steps;
    return {};
  });
}

Result<LossValues> DetectionLearner::losses() {
  return guarded("reading the losses", [&]() -> Result<LossValues> {
    const auto sums = state_->losses.cpu();
    const auto* v = sums.const_data_ptr<double>();
    return LossValues{v[0], v[1], v[2], v[3], state_->loss_steps};
  });
}

Result<std::vector<std::vector<Detection>>> DetectionLearner::detect(const PixelBatch& batch, std::int32_t limit) {
  using Found = Result<std::vector<std::vector<Detection>>>;
  return guarded("evaluation", [&]() -> Found {
    const at::NoGradGuard no_grad;
    return decode_centers(state_->average.forward(state_->pixels_of(batch)), limit);
  });
}

Result<std::string> DetectionLearner::save(const std::string& note) const {
  return guarded("saving the weights", [&]() -> Result<std::string> {
    const auto& s = *state_;
    TensorArchive archive;
    archive.texts[kNoteKey] = note;
    archive.groups["model"] = snapshot(tensors_of(s.network));
    archive.groups["average"] = snapshot(tensors_of(s.average));
    archive.groups["adam"] = snapshot(s.optimizer->state());
    archive.groups["progress"]["averaged_steps"] = at::full({}, s.averaged_steps, at::kLong);
    return encode(archive);
  });
}

Result<std::string> DetectionLearner::read_note(std::string_view bytes) {
  return guarded("reading the checkpoint", [&]() -> Result<std::string> {
    const auto archive = decode_tensor_archive(bytes);
    if (!archive) return archive.error();
    const auto note = archive->texts.find(kNoteKey);
    if (note == archive->texts.end()) return invalid_error("not a checkpoint of this trainer: it has no note");
    return note->second;
  });
}

Status DetectionLearner::load(std::string_view bytes) {
  return guarded("loading the weights", [&]() -> Status {
    auto& s = *state_;
    auto archive = decode_tensor_archive(bytes);
    if (!archive) return archive.error();
    auto& groups = archive->groups;
    const bool whole = fits(tensors_of(s.network), groups["model"]) && fits(tensors_of(s.average), groups["average"]) &&
                       fits(s.optimizer->state(), groups["adam"]) &&
                       fits({{"averaged_steps", at::full({}, 0, at::kLong)}}, groups["progress"]);
    if (!whole) return invalid_error("the checkpoint is of another network");
    const at::NoGradGuard no_grad;
    copy(groups["model"], tensors_of(s.network));
    copy(groups["average"], tensors_of(s.average));
    s.optimizer->restore(groups["adam"]);
    s.averaged_steps = groups["progress"].at("averaged_steps").item<std::int64_t>();
    return {};
  });
}

Result<std::int64_t> DetectionLearner::load_weights(std::string_view bytes) {
  return guarded("loading the weights", [&]() -> Result<std::int64_t> {
    auto& s = *state_;
    const auto archive = decode_tensor_archive(bytes);
    if (!archive) return archive.error();
    const auto group = archive->groups.find("average");
    if (group == archive->groups.end()) return invalid_error("the checkpoint has no averaged weights");
    const at::NoGradGuard no_grad;
    std::int64_t kept = 0;
    for (const auto& [name, tensor] : tensors_of(s.network)) {
      const auto saved = group->second.find(name);
      const bool equal = saved != group->second.end() && saved->second.sizes() == tensor.sizes();
      if (equal) tensor.copy_(saved->second);
      kept += equal ? 0 : 1;
    }
    copy(tensors_of(s.network), tensors_of(s.average));
    s.optimizer->reset();
    s.averaged_steps = 0;
    return kept;
  });
}

std::string DetectionLearner::device() const { return state_->device.is_cuda() ? "cuda" : "cpu"; }

std::int64_t DetectionLearner::weights() const {
  std::int64_t count = 0;
  for (const auto& parameter : state_->network.parameters()) count += parameter.numel();
  return count;
}

}  // namespace visionops::train
