#include "worker/pipeline/pixels/apply_operations.h"

#include <opencv2/core.hpp>
#include <string>

#include "worker/pipeline/pixels/operations/table.h"

namespace visionops::pipeline {
namespace {

PictureSize size_of(const cv::Mat& picture) { return {picture.cols, picture.rows}; }

std::string in_words(PictureSize size) { return std::to_string(size.width) + "x" + std::to_string(size.height); }

ImageTrouble not_taken(const ImageOperation& operation, const cv::Mat& picture) {
  return {"UnsupportedImage", std::string(operation.kind().name) + " cannot change a picture of " +
                                  std::to_string(picture.channels()) + " channels of " +
                                  std::to_string(8 * picture.elemSize1()) + " bits"};
}

}  // namespace

const PixelVerbs& pixel_verbs_of(const ImageOperation& operation) {
  // The program and this library are of one build: they have the same kinds.
  static const PixelVerbs none;
  for (const auto* kind : operation_table()) {
    if (kind->name == operation.kind().name) return *kind->pixels;
  }
  return none;
}

std::optional<RecodeResult> apply_operations(const ImageOperations& operations, cv::Mat& picture) {
  for (const auto& operation : operations) {
    if (operation.only_encodes()) continue;
    const auto& verbs = pixel_verbs_of(operation);
    if (verbs.apply == nullptr || (verbs.takes != nullptr && !verbs.takes(operation.value(), picture))) {
      return not_taken(operation, picture);
    }
    const PictureSize promised = operation.resulting_size(size_of(picture));
    verbs.apply(operation.value(), picture);
    if (size_of(picture) == promised) continue;
    return internal_error(std::string(operation.kind().name) + " made " + in_words(size_of(picture)) +
                          " pixels, and promises " + in_words(promised));
  }
  return std::nullopt;
}

}  // namespace visionops::pipeline
