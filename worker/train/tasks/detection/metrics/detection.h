// What a detector says about an image and what is true of it, in plain numbers. PURE.
#pragma once

#include <cstdint>
#include <vector>

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

struct Detection {
  std::uint32_t category = 0;
  double score = 0;  ///< 0..1, only the order matters to the metrics
  Box box;
};

struct GroundTruth {
  std::uint32_t category = 0;
  Box box;
  bool crowd = false;   ///< a region with many objects: any number of detections may fall into it
  bool ignore = false;  ///< a single object that counts neither for nor against the detector
};

struct ImageResult {
  std::vector<GroundTruth> truths;
  std::vector<Detection> detections;
};

}  // namespace visionops::train
