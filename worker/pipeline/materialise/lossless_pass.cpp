#include "worker/pipeline/materialise/lossless_pass.h"

#include <cstdint>

#include "worker/dataset/images/image_header.h"
#include "worker/dataset/images/jpeg_segments.h"
#include "worker/dataset/images/tiff_directory.h"

namespace visionops::pipeline {
namespace {

using annotations::TiffColour;
using std::string_view_literals::operator""sv;

/// Up to the pixels of a PNG file whose header is good.
bool has_chunk(std::string_view png, std::string_view type) {
  std::size_t at = 8;
  while (png.size() - at >= 12) {
    const std::string_view found = png.substr(at + 4, 4);
    if (found == type) return true;
    if (found == "IDAT"sv) return false;
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) length = (length << 8U) | static_cast<std::uint8_t>(png[at + i]);
    if (length > png.size() - at - 12) return false;
    at += static_cast<std::size_t>(length) + 12;
  }
  return false;
}

std::string lost_of_png(std::string_view bytes) {
  constexpr std::size_t colour_type = 25;
  const bool grey = bytes.size() > colour_type && bytes[colour_type] == 0;
  return grey && has_chunk(bytes, "tRNS"sv) ? "its transparent grey would be lost" : "";
}

std::string lost_of_tiff(std::string_view bytes) {
  const TiffColour colour = annotations::read_tiff_colour(bytes);
  enum : std::uint32_t { kWhiteIsZero = 0, kMask = 4, kCmyk = 5, kYCbCr = 6 };
  if (colour.photometric == kMask || colour.photometric == kCmyk || colour.photometric > kYCbCr) {
    return "its colours (photometric " + std::to_string(colour.photometric) + ") would become RGB";
  }
  if (colour.samples == 2 || colour.samples > 3) {
    return "its " + std::to_string(colour.samples) + " samples a pixel would be changed";
  }
  if (colour.photometric == kWhiteIsZero && colour.bits > 8) return "its inverted grey would be changed";
  if (colour.format == 2 && colour.bits < 32) return "its negative numbers would be changed";
  return "";
}

/// Programs store CMYK inverted and say so by Adobe's segment; without it decoders differ.
std::string lost_of_jpeg(std::string_view bytes) {
  const auto jpeg = read_jpeg_segments(bytes, JpegExtent::ToFirstScan);
  return jpeg && jpeg->components == 4 && !jpeg->adobe ? "nobody can say whether its CMYK colours are inverted" : "";
}

}  // namespace

std::string lost_by_coding(std::string_view bytes, CodecKind kind) {
  const auto header = annotations::read_image_header(bytes, annotations::HeaderExtent::Whole);
  if (header && *header && (*header)->several) return "holds several pictures, as frames or pages";
  switch (kind) {
    case CodecKind::Jpeg:
      return lost_of_jpeg(bytes);
    case CodecKind::Png:
      return lost_of_png(bytes);
    case CodecKind::Tiff:
      return lost_of_tiff(bytes);
    default:
      return "";
  }
}

}  // namespace visionops::pipeline
