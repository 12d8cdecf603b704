// Real image files for tests.
#pragma once

#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

namespace visionops::tests {

/// An encoded picture; `shade` makes the bytes differ.
inline std::string picture(const std::string& suffix = ".jpg", int width = 40, int height = 30, int shade = 100) {
  cv::Mat pixels(height, width, CV_8UC3, cv::Scalar(shade, 255 - shade, 50));
  for (int y = 0; y < height; ++y) pixels.at<cv::Vec3b>(y, y % width) = {255, 255, 255};
  std::vector<unsigned char> bytes;
  cv::imencode(suffix, pixels, bytes);
  return {bytes.begin(), bytes.end()};
}

}  // namespace visionops::tests
