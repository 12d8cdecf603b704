#include "worker/pipeline/collection/image_operation.h"

#include <iterator>
#include <stdexcept>

namespace visionops::pipeline {
namespace {

bool has_effect(const ImageOperation& operation) {
  const auto& kind = operation.kind();
  return kind.has_effect == nullptr || kind.has_effect(operation.value());
}

void push_folded(ImageOperations& out, const ImageOperation& operation) {
  if (!out.empty() && out.back().kind().name == operation.kind().name && operation.kind().fold != nullptr) {
    if (auto instead = operation.kind().fold(out.back().value(), operation.value())) {
      out.pop_back();
      out.insert(out.end(), instead->begin(), instead->end());
      return;
    }
  }
  out.push_back(operation);
}

}  // namespace

ImageOperation operation(const OperationKind& kind, const FreeMap& params) {
  Problems problems;
  auto made = kind.make(kind, params, problems);
  if (!made) throw std::invalid_argument("operation " + std::string(kind.name) + ": " + describe(problems));
  return *std::move(made);
}

ImageOperations fold(const ImageOperations& operations) {
  ImageOperations pixels;
  ImageOperations encoding;
  for (const auto& operation : operations) {
    if (has_effect(operation)) push_folded(operation.only_encodes() ? encoding : pixels, operation);
  }
  pixels.insert(pixels.end(), std::make_move_iterator(encoding.begin()), std::make_move_iterator(encoding.end()));
  return pixels;
}

PictureSize resulting_size(const ImageOperations& operations, PictureSize size) {
  for (const auto& operation : operations) size = operation.resulting_size(size);
  return size;
}

std::string describe(const ImageOperation& operation) { return operation.kind().text(operation.value()); }

std::string describe(const ImageOperations& operations) {
  std::string out;
  for (const auto& operation : operations) out += (out.empty() ? "" : ", ") + describe(operation);
  return out;
}

std::string canonical_text(const ImageOperations& operations) {
  std::string out;
  for (const auto& operation : operations) out += operation.kind().canonical(operation.value());
  return out;
}

}  // namespace visionops::pipeline
