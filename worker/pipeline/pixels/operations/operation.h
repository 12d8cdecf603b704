// One overload per image operation: changes a decoded picture in place. A new kind of operation is a
// value in collection/image_operation.h and one file here.
#pragma once

#include <cstddef>
#include <cstdint>

#include <opencv2/core/mat.hpp>

#include "worker/pipeline/collection/image_operation.h"

namespace visionops::pipeline {

/// Any depth and number of channels.
void apply(const Rotate180&, cv::Mat& picture);
/// Channels are in OpenCV's order (BGR, BGRA, grey); an alpha channel becomes opaque; 16-bit pictures get
/// the colour scaled to their range. Parts outside the picture are cut off.
void apply(const FillRegions& fill, cv::Mat& picture);
/// Reencode is a matter of the encoder; pixels stay.
void apply(const Reencode&, cv::Mat& picture);

/// Turns one plane of `width` x `height` samples that lie `stride` apart, in place.
void rotate_plane_180(std::uint8_t* samples, int width, int height, int stride);

}  // namespace visionops::pipeline
