// A picture in the memory of an NVIDIA GPU, and what operations do to it there. Of builds with VISIONOPS_CUDA; each
// kernel stands beside its reference for the processor (operations/NAME.cpp) and gives the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace visionops::pipeline {

/// Rows of interleaved pixels. Not owned.
struct DevicePicture {
  std::uint8_t* pixels = nullptr;  ///< device memory
  int width = 0;                   ///< pixels
  int height = 0;                  ///< rows
  int pixel_bytes = 3;             ///< channels times bytes a channel, 1 to 32
  std::size_t pitch = 0;           ///< bytes from one row to the next
};

/// Half a turn, in place. Returns when the kernel is queued on the default stream: empty, or what CUDA says is wrong.
std::string rotate_180_on_device(const DevicePicture& picture);

}  // namespace visionops::pipeline
