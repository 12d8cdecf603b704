#include "worker/pipeline/materialise/recode.h"

#include <algorithm>
#include <optional>

#include "worker/dataset/images/foreign_kind.h"
#include "worker/dataset/images/image_completeness.h"
#include "worker/dataset/images/image_header.h"
#include "worker/dataset/images/jpeg_segments.h"
#include "worker/dataset/images/tiff_directory.h"
#include "worker/pipeline/materialise/codec_header.h"
#include "worker/pipeline/materialise/lossless_pass.h"
#include "worker/pipeline/materialise/pixel_library.h"

namespace visionops::pipeline {
namespace {

const char* suffix_of(CodecKind kind) {
  switch (kind) {
    case CodecKind::Jpeg:
      return ".jpg";
    case CodecKind::Png:
      return ".png";
    case CodecKind::Bmp:
      return ".bmp";
    case CodecKind::Tiff:
      return ".tiff";
    case CodecKind::WebP:
      return ".webp";
    case CodecKind::Other:
      break;
  }
  return "";
}

/// The format for a message: "png".
std::string word_of(CodecKind kind) {
  const std::string_view suffix = suffix_of(kind);
  return std::string(suffix.empty() ? suffix : suffix.substr(1));
}

std::optional<ImageTrouble> too_large(const CodecHeader& header) {
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
  CodecHeader header;
  std::optional<JpegSegments> jpeg;
};

std::variant<Examined, ImageTrouble> examine(std::string_view bytes, CodecKind kind) {
  Examined out;
  if (kind == CodecKind::Jpeg) {
    auto segments = read_jpeg_segments(bytes);
    if (!segments) return ImageTrouble{"DamagedImage", "JPEG: " + segments.error().message};
    if (auto trouble = too_many_scans(*segments)) return *trouble;
    out.jpeg = *std::move(segments);
  }
  const auto header = read_codec_header(bytes);
  if (!header) return ImageTrouble{"DamagedImage", word_of(kind) + ": malformed header"};
  if (auto trouble = too_large(*header)) return *trouble;
  out.header = *header;
  return out;
}

/// Of what the operations make of a picture within the bounds.
std::optional<ImageTrouble> grows_too_large(const CodecHeader& header, const ImageOperations& operations) {
  const auto size =
      resulting_size(operations, {static_cast<std::int32_t>(header.width), static_cast<std::int32_t>(header.height)});
  if (size.width <= 0 || size.height <= kMaxImagePixels / size.width) return std::nullopt;
  return ImageTrouble{"OversizedImage", "would become " + std::to_string(size.width) + "x" +
                                            std::to_string(size.height) + " pixels, more than " +
                                            std::to_string(kMaxImagePixels)};
}

/// By what the pixels as OpenCV hands them over have to be turned: those of TIFF are turned already.
std::variant<int, ImageTrouble> turn_of(std::string_view bytes, CodecKind kind, AnnotatedSize size) {
  const auto header = annotations::read_image_header(bytes, annotations::HeaderExtent::Whole);
  if (!header || !*header) return ImageTrouble{"DamagedImage", word_of(kind) + ": malformed header"};
  const int seen = annotations::orientation_seen(**header, size.width, size.height);
  if (kind != CodecKind::Tiff) return seen;
  if (seen == (*header)->orientation) return 1;
  return ImageTrouble{"UnsupportedImage", "is turned by its orientation " + std::to_string((*header)->orientation) +
                                              ", and the annotations have it as it is stored"};
}

bool only_reencodes(const ImageOperations& operations) {
  return std::all_of(operations.begin(), operations.end(),
                     [](const auto& operation) { return operation.only_encodes(); });
}

RecodeResult recode_checked(const std::string& bytes, const ImageOperations& operations, AnnotatedSize size) {
  const CodecKind kind = sniff(bytes);
  if (kind == CodecKind::Other) {
    const std::string_view other = annotations::foreign_kind(bytes);
    return ImageTrouble{"UnsupportedImage", "is none of JPEG, PNG, BMP, TIFF, WebP and cannot be changed" +
                                                (other.empty() ? std::string() : ": " + std::string(other))};
  }
  const auto examined = examine(bytes, kind);
  if (const auto* trouble = std::get_if<ImageTrouble>(&examined)) return *trouble;
  const auto& [header, jpeg] = std::get<Examined>(examined);
  if (!jpeg && only_reencodes(operations)) return Unchanged{};
  if (const auto lost = lost_by_coding(bytes, kind); !lost.empty()) {
    return ImageTrouble{"UnsupportedImage", "cannot be changed and stay what it is: " + lost};
  }
  if (auto trouble = grows_too_large(header, operations)) return *trouble;
  const auto pixels = PixelLibrary::load();
  if (!pixels) return pixels.error();
  if (jpeg) return (*pixels)->recode_jpeg(bytes, *jpeg, operations, size);
  const auto turn = turn_of(bytes, kind, size);
  if (const auto* trouble = std::get_if<ImageTrouble>(&turn)) return *trouble;
  return (*pixels)->recode_picture(bytes, suffix_of(kind), operations, std::get<int>(turn));
}

RecodeResult damaged_when(const std::string& problem) {
  return problem.empty() ? RecodeResult(Unchanged{}) : ImageTrouble{"DamagedImage", problem};
}

std::string end_problem(std::string_view bytes) {
  constexpr std::size_t piece = 1U << 20U;  // the follower keeps a copy of one
  annotations::ImageCompleteness completeness;
  for (std::size_t at = 0; at < bytes.size(); at += piece) completeness.feed(bytes.substr(at, piece));
  return completeness.problem();
}

/// What no operation can change; it is copied under a name that promises nothing else.
RecodeResult check_other(std::string_view bytes, std::string_view file_name) {
  const auto header = annotations::read_image_header(bytes, annotations::HeaderExtent::Whole);
  if (header && *header && (*header)->kind == annotations::ImageKind::Gif) {
    if (const auto problem = annotations::gif_problem(file_name); !problem.empty()) {
      return ImageTrouble{"UnsupportedImage", problem};
    }
    return damaged_when(end_problem(bytes));
  }
  if (!promises_image(file_name)) return Unchanged{};
  const std::string_view other = annotations::foreign_kind(bytes);
  return ImageTrouble{"DamagedImage", other.empty() ? "is not an image" : "is not an image but " + std::string(other)};
}

}  // namespace

RecodeResult recode(const std::string& bytes, const ImageOperations& operations, AnnotatedSize size) {
  return operations.empty() ? RecodeResult(Unchanged{}) : recode_checked(bytes, operations, size);
}

std::int64_t decoding_bytes(std::string_view bytes) {
  const auto header = read_codec_header(bytes);
  return header && !too_large(*header) ? header->decoding : 0;
}

RecodeResult check_whole(const std::string& bytes, std::string_view file_name) {
  if (bytes.empty()) return ImageTrouble{"DamagedImage", "the file is empty"};
  const CodecKind kind = sniff(bytes);
  if (kind == CodecKind::Other) return check_other(bytes, file_name);
  const auto examined = examine(bytes, kind);
  if (const auto* trouble = std::get_if<ImageTrouble>(&examined)) return *trouble;
  if (const auto& jpeg = std::get<Examined>(examined).jpeg) {
    if (jpeg->scans == 0) return ImageTrouble{"DamagedImage", "JPEG: has no picture data"};
    if (jpeg->ends) return Unchanged{};
    const auto pixels = PixelLibrary::load();
    if (!pixels) return pixels.error();
    const auto checked = (*pixels)->check_jpeg(bytes);
    return std::holds_alternative<Unchanged>(checked) ? RecodeResult(Unchanged{.no_end_mark = true}) : checked;
  }
  return damaged_when(kind == CodecKind::Tiff ? annotations::tiff_problem(bytes) : end_problem(bytes));
}

}  // namespace visionops::pipeline
