// JPEG in, JPEG out, on the cheapest path that is right (TurboJPEG).
#pragma once

#include <string>

#include "worker/dataset/images/jpeg_segments.h"
#include "worker/pipeline/materialise/recode.h"

namespace visionops::pipeline {

/// `operations` are folded and not empty, `segments` belong to `bytes` and passed the limits.
///
/// transform: only a half turn, sides are multiples of the MCU: coefficients are moved, nothing is lost.
/// planes:    half turn and quality on the YUV planes, without colour conversion and chroma resampling.
///            A half turn needs sides that the chroma samples divide, or chroma would shift by a pixel.
/// pixels:    everything else (regions, EXIF orientation, odd sides, CMYK).
RecodeResult recode_jpeg(const std::string& bytes, const JpegSegments& segments, const ImageOperations& operations,
                         AnnotatedSize size);

/// Decodes the whole file and reports damage; used when a file has no end marker. Unchanged or ImageTrouble.
RecodeResult check_jpeg(const std::string& bytes);

}  // namespace visionops::pipeline
