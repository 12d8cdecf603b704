// A box in an image, in plain numbers. PURE.
#pragma once

namespace visionops::train {

/// Left, top, width and height in pixels; the origin is the top left corner of the image.
struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
  [[nodiscard]] double area() const { return width * height; }
  bool operator==(const Box&) const = default;
};

}  // namespace visionops::train
