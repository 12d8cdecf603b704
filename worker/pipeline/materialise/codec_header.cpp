#include "worker/pipeline/materialise/codec_header.h"

#include <algorithm>
#include <array>
#include <string>

#include "worker/dataset/images/image_header.h"
#include "worker/dataset/images/jpeg_segments.h"
#include "worker/pipeline/materialise/recode.h"
#include "worker/pipeline/materialise/tiff_header.h"

namespace visionops::pipeline {
namespace {

using std::string_view_literals::operator""sv;

unsigned byte_at(std::string_view s, std::size_t at) { return at < s.size() ? static_cast<std::uint8_t>(s[at]) : 0U; }

/// A grey picture has one byte a pixel, CMYK four and, converted, three more. A transform, which recode() prefers where
/// it is within the bound, keeps all coefficients twice, two bytes each.
std::int64_t jpeg_decoding(const JpegSegments& jpeg) {
  const std::int64_t pixels = std::int64_t{jpeg.width} * jpeg.height;
  const std::int64_t picture = pixels * (jpeg.components == 1 ? 1 : jpeg.components == 4 ? 7 : 3);
  const std::int64_t transform = 4 * jpeg.samples;
  return std::max(picture + (jpeg.keeps_coefficients ? 2 * jpeg.samples : 0),
                  transform <= kMaxDecodingBytes ? transform : 0);
}

/// Bytes a pixel of the kinds whose header says little, or which the decoder turns into few types.
std::int64_t bytes_per_pixel(CodecKind kind, std::string_view bytes) {
  if (kind == CodecKind::WebP) return bytes.substr(12, 4) == "VP8 " ? 4 : 8;  // else also its own copy of the pixels
  if (kind != CodecKind::Png) return 4;
  return 4 * (byte_at(bytes, 24) == 16 ? 2 : 1);
}

/// "BM" and a file size that reads like the start of a bare VP8 frame: OpenCV asks its WebP decoder first, which would
/// take other bytes for the sides.
bool poses_as_webp(std::string_view bytes) { return bytes.substr(3, 3) == "\x9d\x01\x2a"sv; }

std::optional<CodecHeader> jpeg_header(std::string_view bytes) {
  const auto jpeg = read_jpeg_segments(bytes, JpegExtent::ToFirstScan);
  if (!jpeg) return std::nullopt;
  return CodecHeader{CodecKind::Jpeg, jpeg->width, jpeg->height, jpeg_decoding(*jpeg)};
}

}  // namespace

CodecKind sniff(std::string_view bytes) {
  const auto starts = [&](std::string_view magic) { return bytes.substr(0, magic.size()) == magic; };
  if (looks_like_jpeg(bytes)) return CodecKind::Jpeg;
  if (starts("\x89PNG\r\n\x1A\n"sv)) return CodecKind::Png;
  if (starts("BM"sv)) return CodecKind::Bmp;
  if (starts("II*\0"sv) || starts("MM\0*"sv)) return CodecKind::Tiff;
  if (starts("RIFF"sv) && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP") return CodecKind::WebP;
  return CodecKind::Other;
}

std::optional<CodecHeader> read_codec_header(std::string_view bytes) {
  const CodecKind kind = sniff(bytes);
  if (kind == CodecKind::Other) return std::nullopt;
  if (kind == CodecKind::Jpeg) return jpeg_header(bytes);
  if (kind == CodecKind::Tiff) return read_tiff_header(bytes);
  const auto read = annotations::read_image_header(bytes, annotations::HeaderExtent::Whole);
  if (!read || !*read || (kind == CodecKind::Bmp && poses_as_webp(bytes))) return std::nullopt;
  CodecHeader header{kind, (*read)->width, (*read)->height};
  header.decoding = header.width * header.height * bytes_per_pixel(kind, bytes);  // sides are at most 2^24
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
