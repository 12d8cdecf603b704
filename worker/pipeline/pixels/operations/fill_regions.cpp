#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "worker/pipeline/pixels/operations/operation.h"

namespace visionops::pipeline {
namespace {

/// Far outside any picture, and far inside the range where cv::fillPoly's fixed-point maths holds.
constexpr double kFarAway = 1 << 20;

double highest_value(const cv::Mat& picture) {
  switch (picture.depth()) {
    case CV_16U:
      return 65535;
    case CV_32F:
    case CV_64F:
      return 1;
    default:
      return 255;
  }
}

cv::Scalar colour_for(const cv::Mat& picture, const std::array<std::uint8_t, 3>& rgb) {
  const double scale = highest_value(picture) / 255;
  if (picture.channels() < 3) {
    return {(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]) * scale, highest_value(picture)};
  }
  return {rgb[2] * scale, rgb[1] * scale, rgb[0] * scale, highest_value(picture)};
}

int coordinate(double v) {
  if (!std::isfinite(v)) return 0;
  return static_cast<int>(std::lround(std::clamp(v, -kFarAway, kFarAway)));
}

}  // namespace

void apply(const FillRegions& fill, cv::Mat& picture) {
  const auto colour = colour_for(picture, fill.rgb);
  for (const auto& polygon : fill.polygons) {
    std::vector<cv::Point> points;
    for (std::size_t i = 0; i + 1 < polygon.size(); i += 2) {
      points.emplace_back(coordinate(polygon[i]), coordinate(polygon[i + 1]));
    }
    if (!points.empty()) cv::fillPoly(picture, std::vector<std::vector<cv::Point>>{points}, colour);
  }
}

}  // namespace visionops::pipeline
