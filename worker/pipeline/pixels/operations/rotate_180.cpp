#include "worker/pipeline/pixels/operations/rotate_180.h"

#include <algorithm>
#include <opencv2/core.hpp>

#include "worker/pipeline/pixels/operations/define.h"

namespace visionops::pipeline {
namespace {

struct Turn {
  static constexpr JpegTransform kTransform = JpegTransform::Rotate180;

  PictureSize resulting_size(PictureSize size) const { return size; }
  std::string text() const { return "rotate 180"; }
  std::string canonical() const { return "rotate180;"; }
  std::optional<ImageOperations> fold(const Turn&) const { return ImageOperations{}; }

  void apply(cv::Mat& picture) const {
    cv::Mat turned;
    cv::rotate(picture, turned, cv::ROTATE_180);
    picture = std::move(turned);
  }

  /// Sides that the chroma samples divide, or chroma would shift by a pixel.
  bool planes_fit(const Planes& p) const { return p.width % p.step_x == 0 && p.height % p.step_y == 0; }
  void apply(Planes& planes) const {
    for (int c = 0; c < planes.count; ++c) turn(planes.planes[static_cast<std::size_t>(c)]);
  }

 private:
  /// In place, with the padding of the rows left where it is.
  static void turn(const Plane& plane) {
    const auto row = [&](int y) { return plane.samples + static_cast<std::ptrdiff_t>(y) * plane.stride; };
    for (int y = 0; y < plane.height / 2; ++y) {
      std::uint8_t* top = row(y);
      std::uint8_t* bottom = row(plane.height - 1 - y);
      std::reverse(top, top + plane.width);
      std::reverse(bottom, bottom + plane.width);
      std::swap_ranges(top, top + plane.width, bottom);
    }
    if (plane.height % 2 == 1) std::reverse(row(plane.height / 2), row(plane.height / 2) + plane.width);
  }
};

}  // namespace

namespace operations {
extern const OperationKind rotate_180 = define_operation<Turn>("rotate_180");
}  // namespace operations

Rotate180::operator ImageOperation() const { return {operations::rotate_180, Turn{}}; }

}  // namespace visionops::pipeline
