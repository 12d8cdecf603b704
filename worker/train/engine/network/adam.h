// AdamW (Loshchilov, Hutter: Decoupled weight decay regularization, 2019) over libtorch's fused kernel:
// one call for all tensors, and state that can be saved and restored bit for bit.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace visionops::train {

class Adam {
 public:
  /// The parameters are updated in place. Only tensors of two and more dimensions decay: not biases, not norms.
  Adam(std::vector<std::pair<std::string, at::Tensor>> parameters, double weight_decay);
  /// Uses and then drops the gradients; a parameter without one stays as it is.
  void step(double learning_rate);

  /// By parameter name: the two moments ("NAME.1", "NAME.2") and the step count ("NAME.step").
  [[nodiscard]] std::map<std::string, at::Tensor> state() const;
  /// The keys and shapes must be those of state().
  void restore(const std::map<std::string, at::Tensor>& saved);
  void reset();

 private:
  struct Group {
    double weight_decay = 0;
    std::vector<std::string> names;
    std::vector<at::Tensor> parameters, first, second, steps;
  };
  static void add(Group& group, const std::string& name, const at::Tensor& parameter);
  static void update(Group& group, double learning_rate);

  Group decayed_, plain_;
};

}  // namespace visionops::train
