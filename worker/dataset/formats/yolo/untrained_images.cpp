#include <algorithm>
#include <cstdint>
#include <string>

#include "worker/dataset/formats/yolo/yolo.h"

namespace visionops::annotations {

namespace {

constexpr std::int32_t kSmallestSide = 10;
/// Pillow raises DecompressionBombError above twice its MAX_IMAGE_PIXELS.
constexpr std::int64_t kPillowPixels = 2 * std::int64_t{89'478'485};

std::string reason(const Image& image) {
  if (image.width <= 0 || image.height <= 0) return {};  // not known
  if (std::min(image.width, image.height) < kSmallestSide) {
    return "Ultralytics drops pictures with a side of less than 10 pixels";
  }
  const bool bomb = std::int64_t{image.width} * image.height > kPillowPixels;
  return bomb ? "Pillow, and so Ultralytics, refuses pictures of more than 178956970 pixels" : "";
}

}  // namespace

void report_untrained_images(const Annotations& a, Findings& findings) {
  for (const Image& image : a.images) {
    const std::string why = reason(image);
    if (why.empty()) continue;
    const std::string size = std::to_string(image.width) + " x " + std::to_string(image.height);
    findings.add({"DroppedByTrainer", image.path.empty() ? image.file_name : image.path, "", size + ": " + why});
  }
}

}  // namespace visionops::annotations
