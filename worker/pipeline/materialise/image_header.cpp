#include "worker/pipeline/materialise/image_header.h"

#include <algorithm>
#include <array>
#include <string>

#include "worker/annotations/image_header.h"
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
  ImageHeader header{sniff(bytes), 0, 0};
  if (header.kind == ImageKind::Other) return std::nullopt;
  if (header.kind == ImageKind::Tiff) {
    header = tiff_header(bytes);
  } else {
    const auto read = annotations::read_image_header(bytes);
    if (!read || !*read) return std::nullopt;
    header.width = (*read)->width;
    header.height = (*read)->height;
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
