// One image file in memory: checked, and changed by operations. Thread-safe: no state.
//
// EXIF orientation: annotations refer to the picture as viewers show it, unless their width and height
// say that they refer to the stored pixels. A copied file keeps its tag. A recoded file is written as
// the annotations see it, without the tag, so that every reader agrees from then on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "worker/pipeline/collection/image_operation.h"

namespace visionops::pipeline {

inline constexpr std::int64_t kMaxImagePixels = std::int64_t{1} << 28;
/// What a decoder may allocate for one picture, and for all that are decoded at one time.
inline constexpr std::int64_t kMaxDecodingBytes = std::int64_t{1} << 30;
inline constexpr std::int64_t kMaxImageBytes = std::int64_t{1} << 29;
inline constexpr std::int32_t kMaxJpegScans = 500;

/// Why a file cannot be part of the output.
struct ImageTrouble {
  std::string kind;  ///< "DamagedImage", "UnsupportedImage", "OversizedImage"
  std::string message;
  bool operator==(const ImageTrouble&) const = default;
};

/// The bytes of the source are the result: no operation applies to this file.
struct Unchanged {
  bool no_end_mark = false;  ///< of a JPEG, whose picture is whole: Pillow refuses it, and so do most trainers
};

struct Recoded {
  std::string bytes;
  const char* method = "";  ///< "transform", "planes", "pixels", "opencv": which path the file took
};

/// Error: the run cannot go on (the library that decodes is missing); the other three are about the file.
using RecodeResult = std::variant<Unchanged, Recoded, ImageTrouble, Error>;

/// The size of the picture that the annotations refer to; 0: not known.
struct AnnotatedSize {
  std::int32_t width = 0;
  std::int32_t height = 0;
};

/// Applies folded operations. Bounds are checked from the header before anything is decoded.
RecodeResult recode(const std::string& bytes, const ImageOperations& operations, AnnotatedSize size);

/// Bytes that recode() or a decoder takes for the file at one time, by its header; 0 when it would be refused before
/// anything is decoded.
std::int64_t decoding_bytes(std::string_view bytes);

/// Whether a file that is taken as it is can be an image at all: a known format under a name that promises
/// one, within the bounds, and with its end. Decodes only when a JPEG has no end marker.
/// `file_name` decides what is promised. Never Recoded.
RecodeResult check_whole(const std::string& bytes, std::string_view file_name);

}  // namespace visionops::pipeline
