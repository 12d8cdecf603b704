// What an operation does to pixels; included where OpenCV is.
#pragma once

#include <array>
#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <optional>

namespace visionops::pipeline {

/// One component of a JPEG between decoding and encoding.
struct Plane {
  std::uint8_t* samples = nullptr;
  int width = 0;  ///< samples
  int height = 0;
  int stride = 0;  ///< bytes from row to row
};

/// Y, Cb, Cr, or grey alone; without colour conversion, the chroma subsampled.
struct Planes {
  int width = 0;  ///< of the picture, pixels
  int height = 0;
  int step_x = 1;  ///< pixels that one chroma sample covers
  int step_y = 1;
  int count = 0;
  std::array<Plane, 3> planes;
};

/// Transformations of the coefficients of a JPEG that lose nothing; the numbers are those of TurboJPEG.
enum class JpegTransform { FlipX = 1, FlipY, Transpose, Transverse, Rotate90, Rotate180, Rotate270 };

/// The pointers take a value of the operation's type.
struct PixelVerbs {
  /// Any depth and number of channels that `takes` accepts, in OpenCV's order (BGR, BGRA, grey).
  void (*apply)(const void* value, cv::Mat& picture) = nullptr;
  /// nullptr: every picture.
  bool (*takes)(const void* value, const cv::Mat& picture) = nullptr;
  /// The fast path of a JPEG: nullptr when there is none, and every picture is decoded.
  void (*apply_planes)(const void* value, Planes& planes) = nullptr;
  /// Whether the planes of this picture can do it; the samples are not there yet. nullptr: always.
  bool (*planes_fit)(const void* value, const Planes& planes) = nullptr;
  /// The same without any loss.
  std::optional<JpegTransform> transform;
};

}  // namespace visionops::pipeline
