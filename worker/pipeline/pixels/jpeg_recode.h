// JPEG in, JPEG out, on the cheapest path that is right (TurboJPEG).
#pragma once

#include <string>

#include "worker/dataset/images/jpeg_segments.h"
#include "worker/pipeline/materialise/recode.h"

namespace visionops::pipeline {

/// `operations` are folded and not empty, `segments` belong to `bytes` and passed the limits.
///
/// transform: one operation that moves coefficients, sides are multiples of the MCU: nothing is lost.
/// planes:    every operation works on the YUV planes of this picture, without colour conversion and chroma resampling.
/// pixels:    everything else (an operation without a fast path, EXIF orientation, odd sides, CMYK).
RecodeResult recode_jpeg(const std::string& bytes, const JpegSegments& segments, const ImageOperations& operations,
                         AnnotatedSize size);

/// Decodes the whole file and reports damage; used when a file has no end marker. Unchanged or ImageTrouble.
RecodeResult check_jpeg(const std::string& bytes);

}  // namespace visionops::pipeline
