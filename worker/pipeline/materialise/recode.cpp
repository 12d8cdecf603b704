#include "worker/pipeline/materialise/recode.h"

#include <algorithm>
#include <optional>

#include "worker/pipeline/materialise/image_header.h"
#include "worker/pipeline/materialise/jpeg_segments.h"
#include "worker/pipeline/materialise/pixel_library.h"

namespace visionops::pipeline {
namespace {

const char* suffix_of(ImageKind kind) {
  switch (kind) {
    case ImageKind::Jpeg:
      return ".jpg";
    case ImageKind::Png:
      return ".png";
    case ImageKind::Bmp:
      return ".bmp";
    case ImageKind::Tiff:
      return ".tiff";
    case ImageKind::WebP:
      return ".webp";
    case ImageKind::Other:
      break;
  }
  return "";
}

std::optional<ImageTrouble> too_large(const ImageHeader& header) {
  if (header.height <= kMaxImagePixels / header.width) return std::nullopt;
  return ImageTrouble{"OversizedImage", std::to_string(header.width) + "x" + std::to_string(header.height) +
                                            " pixels are more than " + std::to_string(kMaxImagePixels)};
}

std::optional<ImageTrouble> too_many_scans(const JpegSegments& segments) {
  if (segments.scans <= kMaxJpegScans) return std::nullopt;
  return ImageTrouble{"OversizedImage",
                      std::to_string(segments.scans) + " JPEG scans are more than " + std::to_string(kMaxJpegScans)};
}

/// The format for a message: "png".
std::string word_of(ImageKind kind) {
  const std::string_view suffix = suffix_of(kind);
  return std::string(suffix.empty() ? suffix : suffix.substr(1));
}

bool only_reencodes(const ImageOperations& operations) {
  return std::all_of(operations.begin(), operations.end(),
                     [](const auto& operation) { return std::holds_alternative<Reencode>(operation); });
}

RecodeResult recode_checked(const std::string& bytes, const ImageOperations& operations, AnnotatedSize size) {
  const ImageKind kind = sniff(bytes);
  if (kind == ImageKind::Other) {
    return ImageTrouble{"UnsupportedImage", "is none of JPEG, PNG, BMP, TIFF, WebP and cannot be changed"};
  }
  if (kind == ImageKind::Jpeg) {
    const auto segments = read_jpeg_segments(bytes);
    if (!segments) return ImageTrouble{"DamagedImage", "JPEG: " + segments.error().message};
    if (auto trouble = too_large({kind, segments->width, segments->height})) return *trouble;
    if (auto trouble = too_many_scans(*segments)) return *trouble;
    const auto pixels = PixelLibrary::load();
    return pixels ? (*pixels)->recode_jpeg(bytes, *segments, operations, size) : pixels.error();
  }
  const auto header = read_image_header(bytes);
  if (!header) return ImageTrouble{"DamagedImage", word_of(kind) + ": malformed header"};
  if (auto trouble = too_large(*header)) return *trouble;
  if (only_reencodes(operations)) return Unchanged{};
  const auto pixels = PixelLibrary::load();
  return pixels ? (*pixels)->recode_picture(bytes, suffix_of(kind), operations) : pixels.error();
}

}  // namespace

RecodeResult recode(const std::string& bytes, const ImageOperations& operations, AnnotatedSize size) {
  return operations.empty() ? RecodeResult(Unchanged{}) : recode_checked(bytes, operations, size);
}

RecodeResult check_whole(const std::string& bytes, std::string_view file_name) {
  if (bytes.empty()) return ImageTrouble{"DamagedImage", "the file is empty"};
  const ImageKind kind = sniff(bytes);
  if (kind == ImageKind::Other) {
    if (!promises_image(file_name)) return Unchanged{};
    return ImageTrouble{"DamagedImage", "is not an image"};
  }
  if (kind == ImageKind::Jpeg) {
    const auto segments = read_jpeg_segments(bytes);
    if (!segments) return ImageTrouble{"DamagedImage", "JPEG: " + segments.error().message};
    if (auto trouble = too_large({kind, segments->width, segments->height})) return *trouble;
    if (auto trouble = too_many_scans(*segments)) return *trouble;
    if (segments->scans == 0) return ImageTrouble{"DamagedImage", "JPEG: has no picture data"};
    if (segments->ends) return Unchanged{};
    const auto pixels = PixelLibrary::load();
    return pixels ? (*pixels)->check_jpeg(bytes) : pixels.error();
  }
  const auto header = read_image_header(bytes);
  if (!header) return ImageTrouble{"DamagedImage", word_of(kind) + ": malformed header"};
  if (auto trouble = too_large(*header)) return *trouble;
  const auto tail = std::string_view(bytes).substr(bytes.size() - std::min(bytes.size(), std::size_t{1} << 16));
  if (kind == ImageKind::Png && tail.find("IEND") == std::string_view::npos) {
    return ImageTrouble{"DamagedImage", "PNG: ends before its end chunk"};
  }
  return Unchanged{};
}

}  // namespace visionops::pipeline
