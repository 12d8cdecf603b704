// A decoded picture turned as viewers show it.
#pragma once

#include <opencv2/core.hpp>
#include <utility>

namespace visionops::pipeline {

/// As Exif orientation 2..8 says (CIPA DC-008, table 6); every other number changes nothing.
inline void apply_orientation(cv::Mat& picture, int orientation) {
  cv::Mat out;
  switch (orientation) {
    case 2:
      cv::flip(picture, out, 1);
      break;
    case 3:
      cv::rotate(picture, out, cv::ROTATE_180);
      break;
    case 4:
      cv::flip(picture, out, 0);
      break;
    case 5:
      cv::transpose(picture, out);
      break;
    case 6:
      cv::rotate(picture, out, cv::ROTATE_90_CLOCKWISE);
      break;
    case 7:
      cv::transpose(picture, out);
      cv::rotate(out.clone(), out, cv::ROTATE_180);
      break;
    case 8:
      cv::rotate(picture, out, cv::ROTATE_90_COUNTERCLOCKWISE);
      break;
    default:
      return;
  }
  picture = std::move(out);
}

}  // namespace visionops::pipeline
