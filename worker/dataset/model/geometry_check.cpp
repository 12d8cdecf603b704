#include "worker/dataset/model/geometry_check.h"

#include <charconv>

#include "worker/dataset/text/json_text.h"

namespace visionops::annotations {

namespace {

constexpr double kTolerance = 1.0;  // pixels: tools round boxes in both directions

std::string box_text(const Object& object) {
  std::string text = "[";
  for (const double value : object.box) {
    if (text.size() > 1) text += ", ";
    append_json_number(text, value);
  }
  return text + "]";
}

}  // namespace

void check_box(const Annotations& a, const Object& object, const std::string& file, const std::string& position,
               Findings& findings) {
  if (!object.has_box) return;
  const auto [x, y, width, height] = object.box;
  if (width == 0 || height == 0) {
    findings.add({"ZeroSizeBox", file, position, "box " + box_text(object) + " has no area"});
  }
  const Image& image = a.images[object.image];
  if (image.width == 0 || image.height == 0) return;
  if (x < -kTolerance || y < -kTolerance || x + width > image.width + kTolerance ||
      y + height > image.height + kTolerance) {
    findings.add({"BoxOutsideImage", file, position,
                  "box " + box_text(object) + " leaves the image of " + std::to_string(image.width) + " x " +
                      std::to_string(image.height)});
  }
}

}  // namespace visionops::annotations
