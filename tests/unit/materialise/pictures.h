// Pictures for tests: smooth enough for JPEG, different in every corner.
#pragma once

#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

namespace visionops::pipeline::test {

inline cv::Mat gradient(int width, int height, int type = CV_8UC3) {
  cv::Mat picture(height, width, type);
  const double scale = picture.depth() == CV_16U ? 257 : 1;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double r = 40 + 180.0 * x / width;
      const double g = 30 + 200.0 * y / height;
      const double b = 128 + 60 * std::sin(0.05 * (x + 2 * y));
      const double values[4] = {b * scale, g * scale, r * scale, 200 * scale};
      for (int c = 0; c < picture.channels(); ++c) {
        const double v = picture.channels() == 1 ? (r + g) / 2 * scale : values[c];
        if (picture.depth() == CV_16U) {
          picture.ptr<std::uint16_t>(y)[x * picture.channels() + c] = static_cast<std::uint16_t>(v);
        } else {
          picture.ptr<std::uint8_t>(y)[x * picture.channels() + c] = static_cast<std::uint8_t>(v);
        }
      }
    }
  }
  return picture;
}

inline std::string encoded(const std::string& suffix, const cv::Mat& picture, std::vector<int> parameters = {}) {
  std::vector<std::uint8_t> out;
  cv::imencode(suffix, picture, out, parameters);
  return {out.begin(), out.end()};
}
inline std::string jpeg(const cv::Mat& picture, int quality = 92) {
  return encoded(".jpg", picture, {cv::IMWRITE_JPEG_QUALITY, quality});
}
inline cv::Mat decoded(const std::string& bytes, int flags = cv::IMREAD_UNCHANGED) {
  return cv::imdecode(std::vector<std::uint8_t>(bytes.begin(), bytes.end()), flags);
}

/// Peak signal-to-noise ratio in dB; -1 when sizes or types differ.
inline double psnr(const cv::Mat& a, const cv::Mat& b) {
  if (a.size() != b.size() || a.type() != b.type()) return -1;
  return cv::PSNR(a, b);
}

inline cv::Mat turned(const cv::Mat& picture) {
  cv::Mat out;
  cv::rotate(picture, out, cv::ROTATE_180);
  return out;
}

/// An APP1 segment with an EXIF orientation put after SOI.
inline std::string with_orientation(const std::string& jpeg_bytes, int orientation) {
  std::string exif("Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 24);
  exif += static_cast<char>(orientation);
  exif += std::string(7, '\0');
  std::string segment("\xFF\xE1", 2);
  segment += static_cast<char>((exif.size() + 2) >> 8);
  segment += static_cast<char>((exif.size() + 2) & 0xFF);
  return jpeg_bytes.substr(0, 2) + segment + exif + jpeg_bytes.substr(2);
}

/// A fresh folder that is removed with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "visionops-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] std::filesystem::path path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace visionops::pipeline::test
