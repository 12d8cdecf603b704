// The negative of a picture; an alpha channel stays.
#include <opencv2/core.hpp>

#include "worker/pipeline/pixels/operations/define.h"

namespace visionops::pipeline {
namespace {

struct Invert {
  PictureSize resulting_size(PictureSize size) const { return size; }
  std::string text() const { return "invert"; }
  std::optional<ImageOperations> fold(const Invert&) const { return ImageOperations{}; }

  /// Of floating point the range is not known.
  bool takes(const cv::Mat& picture) const { return picture.depth() == CV_8U || picture.depth() == CV_16U; }
  void apply(cv::Mat& picture) const {
    const double highest = picture.depth() == CV_16U ? 65535 : 255;
    const cv::Mat alpha = picture.channels() == 4 ? channel(picture, 3) : cv::Mat();
    cv::Mat negative;
    cv::subtract(cv::Scalar::all(highest), picture, negative);
    if (!alpha.empty()) cv::insertChannel(alpha, negative, 3);
    picture = negative;
  }

 private:
  static cv::Mat channel(const cv::Mat& picture, int index) {
    cv::Mat out;
    cv::extractChannel(picture, out, index);
    return out;
  }
};

}  // namespace

namespace operations {
extern const OperationKind invert = define_operation<Invert>("invert");
}  // namespace operations

}  // namespace visionops::pipeline
