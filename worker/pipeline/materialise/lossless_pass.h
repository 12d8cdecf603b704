// Whether a picture stays what it is when it is decoded and encoded again, apart from what operations do to it. Nothing
// is decoded.
#pragma once

#include <string>
#include <string_view>

#include "worker/pipeline/materialise/codec_header.h"

namespace visionops::pipeline {

/// Why it does not, as a message; "" when it does. Of what OpenCV makes of files: it takes the first of several frames
/// or pages, multiplies colours of TIFF by their alpha, turns CMYK and Lab into RGB. `bytes`: the whole file.
std::string lost_by_coding(std::string_view bytes, CodecKind kind);

}  // namespace visionops::pipeline
