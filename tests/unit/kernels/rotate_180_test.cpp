// The kernels give the bytes of their references.
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "worker/pipeline/pixels/operations/device_picture.h"

namespace visionops::pipeline {
namespace {

bool has_gpu() {
  int count = 0;
  return cudaGetDeviceCount(&count) == cudaSuccess && count > 0;
}

cv::Mat rotated_on_device(const cv::Mat& picture) {
  DevicePicture device{nullptr, picture.cols, picture.rows, static_cast<int>(picture.elemSize()), 0};
  const auto row_bytes = picture.cols * picture.elemSize();
  EXPECT_EQ(cudaMallocPitch(reinterpret_cast<void**>(&device.pixels), &device.pitch, row_bytes, picture.rows),
            cudaSuccess);
  cudaMemcpy2D(device.pixels, device.pitch, picture.data, picture.step, row_bytes, picture.rows,
               cudaMemcpyHostToDevice);
  EXPECT_EQ(rotate_180_on_device(device), "");
  cv::Mat out(picture.size(), picture.type());
  EXPECT_EQ(
      cudaMemcpy2D(out.data, out.step, device.pixels, device.pitch, row_bytes, picture.rows, cudaMemcpyDeviceToHost),
      cudaSuccess);
  cudaFree(device.pixels);
  return out;
}

TEST(Kernels, HalfATurnGivesTheBytesOfItsReference) {
  ASSERT_TRUE(has_gpu()) << "this machine has no NVIDIA GPU; `ctest -LE gpu` leaves this test out";
  for (const int type : {CV_8UC1, CV_8UC3, CV_16UC3, CV_8UC4}) {
    for (const cv::Size size : {cv::Size(1, 1), cv::Size(7, 5), cv::Size(640, 481)}) {
      cv::Mat picture(size, type);
      cv::randu(picture, 0, 255);
      cv::Mat expected;
      cv::rotate(picture, expected, cv::ROTATE_180);
      EXPECT_EQ(cv::norm(rotated_on_device(picture), expected, cv::NORM_INF), 0) << size << " type " << type;
    }
  }
}

}  // namespace
}  // namespace visionops::pipeline
