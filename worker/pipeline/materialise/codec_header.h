// Which codec a file needs and how large it says to be, from its first bytes. Nothing is decoded, so that
// limits can be checked before memory is spent.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace visionops::pipeline {

enum class CodecKind { Jpeg, Png, Bmp, Tiff, WebP, Other };

struct CodecHeader {
  CodecKind kind = CodecKind::Other;
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::int64_t decoding = 0;  ///< bytes that decoding takes at most: the picture, and what a decoder keeps beside it
};

/// By content, never by name.
CodecKind sniff(std::string_view bytes);
/// As the decoders of this engine read it, to the byte: where a size could be read in two ways, the file is malformed.
/// nullopt when the header of a known kind is malformed or the kind is Other.
std::optional<CodecHeader> read_codec_header(std::string_view bytes);
/// Whether the suffix of a file name promises a kind of image that this engine can recode.
bool promises_image(std::string_view file_name);

}  // namespace visionops::pipeline
