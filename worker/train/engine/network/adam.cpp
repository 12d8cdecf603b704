#include "worker/train/engine/network/adam.h"

#include <ATen/Functions.h>

namespace visionops::train {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-8;

}  // namespace

Adam::Adam(std::vector<std::pair<std::string, at::Tensor>> parameters, double weight_decay) {
  decayed_.weight_decay = weight_decay;
  for (const auto& [name, parameter] : parameters) add(parameter.dim() > 1 ? decayed_ : plain_, name, parameter);
}

void Adam::add(Group& group, const std::string& name, const at::Tensor& parameter) {
  group.names.push_back(name);
  group.parameters.push_back(parameter);
  group.first.push_back(at::zeros_like(parameter.detach()));
  group.second.push_back(at::zeros_like(parameter.detach()));
  group.steps.push_back(at::zeros({}, parameter.detach().options()));
}

void Adam::step(double learning_rate) {
  update(decayed_, learning_rate);
  update(plain_, learning_rate);
}

void Adam::update(Group& group, double learning_rate) {
  std::vector<at::Tensor> parameters, gradients, first, second, steps;
  for (std::size_t i = 0; i < group.parameters.size(); ++i) {
    auto& gradient = group.parameters[i].mutable_grad();
    if (!gradient.defined()) continue;
    parameters.push_back(group.parameters[i].detach());
    gradients.push_back(gradient);
    first.push_back(group.first[i]);
    second.push_back(group.second[i]);
    steps.push_back(group.steps[i]);
    gradient.reset();
  }
  if (parameters.empty()) return;
  at::_foreach_add_(steps, 1);
  at::_fused_adamw_(parameters, gradients, first, second, {}, steps, learning_rate, kBeta1, kBeta2, group.weight_decay,
                    kEpsilon, /*amsgrad=*/false, /*maximize=*/false);
}

std::map<std::string, at::Tensor> Adam::state() const {
  std::map<std::string, at::Tensor> state;
  for (const auto* group : {&decayed_, &plain_}) {
    for (std::size_t i = 0; i < group->names.size(); ++i) {
      state.emplace(group->names[i] + ".1", group->first[i]);
      state.emplace(group->names[i] + ".2", group->second[i]);
      state.emplace(group->names[i] + ".step", group->steps[i]);
    }
  }
  return state;
}

void Adam::restore(const std::map<std::string, at::Tensor>& saved) {
  for (const auto& [name, tensor] : state()) tensor.copy_(saved.at(name));
}

void Adam::reset() {
  for (const auto& [name, tensor] : state()) tensor.zero_();
}

}  // namespace visionops::train
