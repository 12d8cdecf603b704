#include "worker/pipeline/pixels/operations/fill_regions.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <opencv2/imgproc.hpp>

#include "worker/pipeline/pixels/operations/define.h"

namespace visionops::pipeline {
namespace {

struct Fill : FillRegions {
  PictureSize resulting_size(PictureSize size) const { return size; }
  bool has_effect() const { return !polygons.empty(); }

  std::string text() const {
    return "fill " + std::to_string(polygons.size()) + (polygons.size() == 1 ? " region with " : " regions with ") +
           hex_colour();
  }

  std::string canonical() const {
    std::string out = "fill " + hex_colour();
    for (const auto& polygon : polygons) {
      out += " [";
      for (const double v : polygon) {
        char buffer[32];
        out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, v).ptr);
        out += ' ';
      }
      out += ']';
    }
    return out + ';';
  }

  std::optional<ImageOperations> fold(const Fill& next) const {
    if (rgb != next.rgb) return std::nullopt;
    FillRegions both = *this;
    both.polygons.insert(both.polygons.end(), next.polygons.begin(), next.polygons.end());
    return ImageOperations{both};
  }

  /// An alpha channel becomes opaque; 16-bit pictures get the colour scaled to their range. Parts outside the picture
  /// are cut off.
  void apply(cv::Mat& picture) const {
    const auto colour = colour_for(picture);
    for (const auto& polygon : polygons) {
      std::vector<cv::Point> points;
      for (std::size_t i = 0; i + 1 < polygon.size(); i += 2) {
        points.emplace_back(coordinate(polygon[i]), coordinate(polygon[i + 1]));
      }
      if (!points.empty()) cv::fillPoly(picture, std::vector<std::vector<cv::Point>>{points}, colour);
    }
  }

 private:
  /// Far outside any picture, and far inside the range where cv::fillPoly's fixed-point maths holds.
  static constexpr double kFarAway = 1 << 20;

  std::string hex_colour() const {
    char buffer[8];
    std::snprintf(buffer, sizeof buffer, "#%02x%02x%02x", rgb[0], rgb[1], rgb[2]);
    return buffer;
  }

  static double highest_value(const cv::Mat& picture) {
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

  cv::Scalar colour_for(const cv::Mat& picture) const {
    const double scale = highest_value(picture) / 255;
    if (picture.channels() < 3) {
      return {(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]) * scale, highest_value(picture)};
    }
    return {rgb[2] * scale, rgb[1] * scale, rgb[0] * scale, highest_value(picture)};
  }

  static int coordinate(double v) {
    if (!std::isfinite(v)) return 0;
    return static_cast<int>(std::lround(std::clamp(v, -kFarAway, kFarAway)));
  }
};

}  // namespace

namespace operations {
extern const OperationKind fill_regions = define_operation<Fill>("fill_regions");
}  // namespace operations

FillRegions::operator ImageOperation() const { return {operations::fill_regions, Fill{*this}}; }

const FillRegions* as_fill_regions(const ImageOperation& operation) {
  const bool same = operation.kind().name == operations::fill_regions.name;
  return same ? static_cast<const Fill*>(operation.value()) : nullptr;
}

}  // namespace visionops::pipeline
