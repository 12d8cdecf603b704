// Named tensors and texts as one file in the zip and pickle format of PyTorch: torch.load() in Python
// reads it as nested dictionaries.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace visionops::train {

struct TensorArchive {
  std::map<std::string, std::string> texts;
  /// "model" -> "stride4.0.0.weight" -> tensor, on the CPU.
  std::map<std::string, std::map<std::string, at::Tensor>> groups;
};

/// Equal content gives equal bytes.
Result<std::string> encode(const TensorArchive& archive);
/// Untrusted bytes: nothing is executed, only tensors, texts and dictionaries are accepted (Invalid).
Result<TensorArchive> decode_tensor_archive(std::string_view bytes);

}  // namespace visionops::train
