#include "worker/pipeline/materialise/image_header.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "worker/pipeline/materialise/jpeg_segments.h"

namespace visionops::pipeline {
namespace {

using std::string_view_literals::operator""sv;

/// Little-endian or big-endian unsigned integer of `size` bytes; 0 beyond the end.
std::uint32_t number(std::string_view s, std::size_t at, std::size_t size, bool little) {
  if (at > s.size() || s.size() - at < size) return 0;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = static_cast<std::uint8_t>(s[little ? at + size - 1 - i : at + i]);
    value = (value << 8U) | byte;
  }
  return value;
}

/// BITMAPCOREHEADER (12 bytes) has 16-bit sizes, all later headers 32-bit ones; height < 0: top-down.
ImageHeader bmp_header(std::string_view s) {
  if (number(s, 14, 4, true) == 12) return {ImageKind::Bmp, number(s, 18, 2, true), number(s, 20, 2, true)};
  const auto height = static_cast<std::int32_t>(number(s, 22, 4, true));
  return {ImageKind::Bmp, number(s, 18, 4, true), std::abs(std::int64_t{height})};
}

/// First directory, tags 256 and 257 (TIFF 6.0), type SHORT or LONG.
ImageHeader tiff_header(std::string_view s) {
  const bool little = s[0] == 'I';
  ImageHeader header{ImageKind::Tiff, 0, 0};
  const std::size_t directory = number(s, 4, 4, little);
  const auto entries = number(s, directory, 2, little);
  for (std::size_t e = 0; e < entries && directory + 2 + 12 * e + 12 <= s.size(); ++e) {
    const auto at = directory + 2 + 12 * e;
    const auto tag = number(s, at, 2, little);
    const auto value = number(s, at + 8, number(s, at + 2, 2, little) == 3 ? 2 : 4, little);
    if (tag == 256) header.width = value;
    if (tag == 257) header.height = value;
  }
  return header;
}

/// RFC 9649: VP8 (lossy), VP8L (lossless) or VP8X (extended).
ImageHeader webp_header(std::string_view s) {
  const auto chunk = s.size() >= 16 ? s.substr(12, 4) : ""sv;
  if (chunk == "VP8X") return {ImageKind::WebP, number(s, 24, 3, true) + 1, number(s, 27, 3, true) + 1};
  if (chunk == "VP8 ") {
    return {ImageKind::WebP, number(s, 26, 2, true) & 0x3FFFU, number(s, 28, 2, true) & 0x3FFFU};
  }
  if (chunk == "VP8L") {
    const auto bits = number(s, 21, 4, true);
    return {ImageKind::WebP, (bits & 0x3FFFU) + 1, ((bits >> 14U) & 0x3FFFU) + 1};
  }
  return {ImageKind::WebP, 0, 0};
}

}  // namespace

ImageKind sniff(std::string_view bytes) {
  const auto starts = [&](std::string_view magic) { return bytes.substr(0, magic.size()) == magic; };
  if (looks_like_jpeg(bytes)) return ImageKind::Jpeg;
  if (starts("\x89PNG\r\n\x1A\n"sv)) return ImageKind::Png;
  if (starts("BM"sv)) return ImageKind::Bmp;
  if (starts("II*\0"sv) || starts("MM\0*"sv)) return ImageKind::Tiff;
  if (starts("RIFF"sv) && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP") return ImageKind::WebP;
  return ImageKind::Other;
}

std::optional<ImageHeader> read_image_header(std::string_view bytes) {
  ImageHeader header;
  switch (sniff(bytes)) {
    case ImageKind::Jpeg: {
      const auto segments = read_jpeg_segments(bytes);
      if (!segments) return std::nullopt;
      header = {ImageKind::Jpeg, segments->width, segments->height};
      break;
    }
    case ImageKind::Png: header = {ImageKind::Png, number(bytes, 16, 4, false), number(bytes, 20, 4, false)}; break;
    case ImageKind::Bmp: header = bmp_header(bytes); break;
    case ImageKind::Tiff: header = tiff_header(bytes); break;
    case ImageKind::WebP: header = webp_header(bytes); break;
    case ImageKind::Other: return std::nullopt;
  }
  if (header.width <= 0 || header.height <= 0) return std::nullopt;
  return header;
}

bool promises_image(std::string_view file_name) {
  const auto dot = file_name.rfind('.');
  if (dot == std::string_view::npos) return false;
  std::string suffix(file_name.substr(dot + 1));
  std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  static constexpr std::array known{"jpg"sv, "jpeg"sv, "jpe"sv, "png"sv, "bmp"sv, "tif"sv, "tiff"sv, "webp"sv};
  return std::find(known.begin(), known.end(), suffix) != known.end();
}

}  // namespace visionops::pipeline
