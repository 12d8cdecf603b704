#include "worker/train/engine/network/tensor_archive.h"

#include <ATen/core/Dict.h>
#include <ATen/core/ivalue.h>
#include <torch/csrc/jit/serialization/pickle.h>

#include <exception>
#include <vector>

namespace visionops::train {
namespace {

using TensorDict = c10::Dict<std::string, at::Tensor>;
using TextDict = c10::Dict<std::string, std::string>;

constexpr const char* kTextsKey = "texts";

std::map<std::string, at::Tensor> tensors_in(const c10::IValue& value) {
  std::map<std::string, at::Tensor> tensors;
  for (const auto& entry : value.toGenericDict()) {
    tensors.emplace(entry.key().toStringRef(), entry.value().toTensor());
  }
  return tensors;
}

TensorArchive archive_of(const c10::IValue& root) {
  TensorArchive archive;
  for (const auto& entry : root.toGenericDict()) {
    const auto& name = entry.key().toStringRef();
    if (name != kTextsKey) {
      archive.groups.emplace(name, tensors_in(entry.value()));
      continue;
    }
    for (const auto& text : entry.value().toGenericDict()) {
      archive.texts.emplace(text.key().toStringRef(), text.value().toStringRef());
    }
  }
  return archive;
}

}  // namespace

Result<std::string> encode(const TensorArchive& archive) {
  try {
    c10::impl::GenericDict root(c10::StringType::get(), c10::AnyType::get());
    TextDict texts;
    for (const auto& [name, text] : archive.texts) texts.insert(name, text);
    root.insert(kTextsKey, texts);
    for (const auto& [name, group] : archive.groups) {
      TensorDict tensors;
      for (const auto& [key, tensor] : group) tensors.insert(key, tensor);
      root.insert(name, tensors);
    }
    const std::vector<char> bytes = torch::jit::pickle_save(root);
    return std::string(bytes.begin(), bytes.end());
  } catch (const std::exception& e) {
    return internal_error(std::string("cannot write the tensors: ") + e.what());
  }
}

Result<TensorArchive> decode_tensor_archive(std::string_view bytes) {
  try {
    return archive_of(torch::jit::pickle_load(std::vector<char>(bytes.begin(), bytes.end())));
  } catch (const std::exception& e) {
    const std::string what = e.what();  // libtorch appends a stack trace after the first line
    return invalid_error("not a checkpoint: " + what.substr(0, what.find('\n')));
  }
}

}  // namespace visionops::train
