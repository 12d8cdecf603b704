// Scenes: handwritten digits placed without overlap on a noisy grey page, with exact boxes and outlines.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

#include "samples/quickstart/generator/digits.h"

namespace visionops::quickstart {

/// splitmix64: the same numbers on every machine, unlike the distributions of the standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  int between(int low, int high);  ///< both ends included
  double unit();                   ///< [0, 1)

 private:
  std::uint64_t state_;
};

struct PlacedObject {
  int label = 0;  ///< 0..9, or kBlot
  cv::Rect box;   ///< tight around the ink, pixels
  std::vector<cv::Point> outline;
};

/// A dark ellipse that is no digit: what a dirty scanner adds.
inline constexpr int kBlot = 10;

struct Scene {
  cv::Mat image;  ///< 8 bit grey
  std::vector<PlacedObject> objects;
};

struct SceneRequest {
  int size = 128;  ///< pixels, square
  int digits = 4;
  bool blot = false;
};

Scene compose_scene(const SceneRequest& request, std::span<const Digit> digits, Random& random);

}  // namespace visionops::quickstart
