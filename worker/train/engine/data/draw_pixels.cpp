#include "worker/train/engine/data/draw_pixels.h"

#include <opencv2/imgproc.hpp>

namespace visionops::train {

void draw_pixels(const StoredImage& image, const Augmentation& a, std::int32_t side, std::uint8_t* out) {
  cv::Mat target(side, side, CV_8UC3, out);
  // Coordinates count from the corner of a pixel for boxes and from its middle for OpenCV.
  const cv::Matx23d move(a.scale_x, 0, a.shift_x + 0.5 * a.scale_x - 0.5,  //
                         0, a.scale_y, a.shift_y + 0.5 * a.scale_y - 0.5);
  cv::warpAffine(image.pixels, target, move, target.size(), cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                 cv::Scalar::all(kPadding));
  if (a.contrast != 1 || a.brightness != 0) {
    target.convertTo(target, CV_8U, a.contrast, 128 * (1 - a.contrast) + a.brightness);
  }
}

}  // namespace visionops::train
