// The operation of the growth recipe does its work on every kind of file.
#include <gtest/gtest.h>

#include "tests/unit/materialise/pictures.h"
#include "worker/pipeline/collection/image_operation.h"
#include "worker/pipeline/materialise/recode.h"
#include "worker/pipeline/pixels/operations/rotate_180.h"

namespace visionops::pipeline {

namespace operations {
extern const OperationKind invert;
}

namespace test {
namespace {

cv::Mat after(const std::string& bytes, const ImageOperations& operations) {
  auto result = recode(bytes, operations, {});
  if (!std::holds_alternative<Recoded>(result)) return {};
  return decoded(std::get<Recoded>(result).bytes);
}

cv::Mat negative(const cv::Mat& picture) {
  cv::Mat out;
  cv::subtract(cv::Scalar::all(picture.depth() == CV_16U ? 65535 : 255), picture, out);
  return out;
}

TEST(Invert, AJpegIsDecodedAlthoughOtherOperationsHaveAFastPath) {
  const auto source = jpeg(gradient(64, 48));
  EXPECT_GT(psnr(after(source, {operation(operations::invert)}), negative(decoded(source))), 36);
  EXPECT_GT(psnr(after(source, {operation(operations::invert), Rotate180{}}), turned(negative(decoded(source)))), 36);
}

TEST(Invert, APngKeepsItsDepth) {
  for (const int type : {CV_8UC1, CV_8UC3, CV_16UC1, CV_16UC3}) {
    const auto picture = gradient(33, 21, type);
    const auto out = after(encoded(".png", picture), {operation(operations::invert)});
    EXPECT_EQ(cv::norm(out, negative(picture), cv::NORM_INF), 0) << type;
  }
}

}  // namespace
}  // namespace test
}  // namespace visionops::pipeline
