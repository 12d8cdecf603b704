// What the first directory of a TIFF file says of its picture (TIFF 6.0, sections 2, 8 and 15). Nothing is decoded.
#pragma once

#include <optional>
#include <string_view>

#include "worker/pipeline/materialise/codec_header.h"

namespace visionops::pipeline {

/// Only that directory is decoded, so only it counts. nullopt: it is not whole, or one of the fields that sizes depend
/// on is there twice, is of another type than the format allows, or has a value out of range: readers would differ.
std::optional<CodecHeader> read_tiff_header(std::string_view bytes);

}  // namespace visionops::pipeline
