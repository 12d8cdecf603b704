// Half a turn on a GPU: each thread exchanges a pixel with the one that mirrors it in both directions.
#include <cuda_runtime.h>

#include "worker/pipeline/pixels/operations/device_picture.h"

namespace visionops::pipeline {
namespace {

constexpr int kThreads = 256;

__global__ void exchange_mirrored(DevicePicture picture, long long pairs) {
  const long long first = blockIdx.x * static_cast<long long>(blockDim.x) + threadIdx.x;
  if (first >= pairs) return;
  const long long last = static_cast<long long>(picture.width) * picture.height - 1 - first;
  std::uint8_t* a =
      picture.pixels + first / picture.width * picture.pitch + first % picture.width * picture.pixel_bytes;
  std::uint8_t* b = picture.pixels + last / picture.width * picture.pitch + last % picture.width * picture.pixel_bytes;
  for (int i = 0; i < picture.pixel_bytes; ++i) {
    const std::uint8_t kept = a[i];
    a[i] = b[i];
    b[i] = kept;
  }
}

}  // namespace

std::string rotate_180_on_device(const DevicePicture& picture) {
  // The pixel in the middle of an odd number is its own mirror.
  const long long pairs = static_cast<long long>(picture.width) * picture.height / 2;
  if (pairs == 0) return {};
  const long long blocks = (pairs + kThreads - 1) / kThreads;
  exchange_mirrored<<<static_cast<unsigned>(blocks), kThreads>>>(picture, pairs);
  const cudaError_t error = cudaGetLastError();
  return error == cudaSuccess ? std::string() : cudaGetErrorString(error);
}

}  // namespace visionops::pipeline
