#include "worker/pipeline/materialise/recode.h"

#include <algorithm>
#include <optional>

#include "worker/dataset/images/jpeg_segments.h"
#include "worker/pipeline/materialise/image_header.h"
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

/// The format for a message: "png".
std::string word_of(ImageKind kind) {
  const std::string_view suffix = suffix_of(kind);
  return std::string(suffix.empty() ? suffix : suffix.substr(1));
}

std::optional<ImageTrouble> too_large(const ImageHeader& header) {
  const std::string size = std::to_string(header.width) + "x" + std::to_string(header.height);
  if (header.height > kMaxImagePixels / header.width) {
    return ImageTrouble{"OversizedImage", size + " pixels are more than " + std::to_string(kMaxImagePixels)};
  }
  if (header.decoding <= kMaxDecodingBytes) return std::nullopt;
  return ImageTrouble{"OversizedImage", size + " pixels of this kind take " + std::to_string(header.decoding >> 20U) +
                                            " MiB to decode, more than " + std::to_string(kMaxDecodingBytes >> 20U)};
}

std::optional<ImageTrouble> too_many_scans(const JpegSegments& segments) {
  if (segments.scans <= kMaxJpegScans) return std::nullopt;
  return ImageTrouble{"OversizedImage",
                      std::to_string(segments.scans) + " JPEG scans are more than " + std::to_string(kMaxJpegScans)};
}

/// A file whose header has been read and is within the bounds.
struct Examined {
  ImageHeader header;
  std::optional<JpegSegments> jpeg;
};

std::variant<Examined, ImageTrouble> examine(std::string_view bytes, ImageKind kind) {
  Examined out;
  if (kind == ImageKind::Jpeg) {
    auto segments = read_jpeg_segments(bytes);
    if (!segments) return ImageTrouble{"DamagedImage", "JPEG: " + segments.error().message};
    if (auto trouble = too_many_scans(*segments)) return *trouble;
    out.jpeg = *std::move(segments);
  }
  const auto header = read_image_header(bytes);
  if (!header) return ImageTrouble{"DamagedImage", word_of(kind) + ": malformed header"};
  if (auto trouble = too_large(*header)) return *trouble;
  out.header = *header;
  return out;
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
  const auto examined = examine(bytes, kind);
  if (const auto* trouble = std::get_if<ImageTrouble>(&examined)) return *trouble;
  const auto& jpeg = std::get<Examined>(examined).jpeg;
  if (!jpeg && only_reencodes(operations)) return Unchanged{};
  const auto pixels = PixelLibrary::load();
  if (!pixels) return pixels.error();
  return jpeg ? (*pixels)->recode_jpeg(bytes, *jpeg, operations, size)
              : (*pixels)->recode_picture(bytes, suffix_of(kind), operations);
}

}  // namespace

RecodeResult recode(const std::string& bytes, const ImageOperations& operations, AnnotatedSize size) {
  return operations.empty() ? RecodeResult(Unchanged{}) : recode_checked(bytes, operations, size);
}

std::int64_t decoding_bytes(std::string_view bytes) {
  const auto header = read_image_header(bytes);
  return header && !too_large(*header) ? header->decoding : 0;
}

RecodeResult check_whole(const std::string& bytes, std::string_view file_name) {
  if (bytes.empty()) return ImageTrouble{"DamagedImage", "the file is empty"};
  const ImageKind kind = sniff(bytes);
  if (kind == ImageKind::Other) {
    if (!promises_image(file_name)) return Unchanged{};
    return ImageTrouble{"DamagedImage", "is not an image"};
  }
  const auto examined = examine(bytes, kind);
  if (const auto* trouble = std::get_if<ImageTrouble>(&examined)) return *trouble;
  if (const auto& jpeg = std::get<Examined>(examined).jpeg) {
    if (jpeg->scans == 0) return ImageTrouble{"DamagedImage", "JPEG: has no picture data"};
    if (jpeg->ends) return Unchanged{};
    const auto pixels = PixelLibrary::load();
    return pixels ? (*pixels)->check_jpeg(bytes) : pixels.error();
  }
  const auto tail = std::string_view(bytes).substr(bytes.size() - std::min(bytes.size(), std::size_t{1} << 16));
  if (kind == ImageKind::Png && tail.find("IEND") == std::string_view::npos) {
    return ImageTrouble{"DamagedImage", "PNG: ends before its end chunk"};
  }
  return Unchanged{};
}

}  // namespace visionops::pipeline
