#include "worker/pipeline/pixels/picture_recode.h"

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "worker/pipeline/pixels/apply_operations.h"
#include "worker/pipeline/pixels/operations/upright.h"

namespace visionops::pipeline {
namespace {

/// OpenCV's way to ask for lossless WebP: any quality above 100.
constexpr int kLosslessWebP = 101;

}  // namespace

RecodeResult recode_picture(const std::string& bytes, const std::string& suffix, const ImageOperations& operations,
                            int orientation) {
  cv::Mat picture = cv::imdecode(cv::Mat(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data())),
                                 cv::IMREAD_UNCHANGED);
  if (picture.empty()) return ImageTrouble{"DamagedImage", suffix.substr(1) + ": cannot be decoded"};
  apply_orientation(picture, orientation);
  if (auto refused = apply_operations(operations, picture)) return *std::move(refused);
  std::vector<int> parameters;
  if (suffix == ".webp") parameters = {cv::IMWRITE_WEBP_QUALITY, kLosslessWebP};
  std::vector<std::uint8_t> out;
  if (!cv::imencode(suffix, picture, out, parameters)) {
    return ImageTrouble{"UnsupportedImage", suffix.substr(1) + ": cannot be encoded"};
  }
  return Recoded{std::string(out.begin(), out.end()), "opencv"};
}

}  // namespace visionops::pipeline
