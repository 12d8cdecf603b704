#include <algorithm>
#include <opencv2/core.hpp>

#include "worker/pipeline/pixels/operations/operation.h"

namespace visionops::pipeline {

void apply(const Rotate180&, cv::Mat& picture) {
  cv::Mat turned;
  cv::rotate(picture, turned, cv::ROTATE_180);
  picture = std::move(turned);
}

void rotate_plane_180(std::uint8_t* samples, int width, int height, int stride) {
  const auto row = [&](int y) { return samples + static_cast<std::ptrdiff_t>(y) * stride; };
  for (int y = 0; y < height / 2; ++y) {
    std::uint8_t* top = row(y);
    std::uint8_t* bottom = row(height - 1 - y);
    std::reverse(top, top + width);
    std::reverse(bottom, bottom + width);
    std::swap_ranges(top, top + width, bottom);
  }
  if (height % 2 == 1) std::reverse(row(height / 2), row(height / 2) + width);
}

}  // namespace visionops::pipeline
