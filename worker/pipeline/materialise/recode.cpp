#include "worker/pipeline/materialise/recode.h"

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <optional>
#include <vector>

#include "worker/pipeline/materialise/image_header.h"
#include "worker/pipeline/materialise/jpeg_recode.h"
#include "worker/pipeline/materialise/jpeg_segments.h"
#include "worker/pipeline/materialise/operations/operation.h"

namespace visionops::pipeline {
namespace {

/// OpenCV's way to ask for lossless WebP: any quality above 100.
constexpr int kLosslessWebP = 101;

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

/// Depth and alpha stay: PNG keeps 16 bits.
RecodeResult recode_by_opencv(const std::string& bytes, ImageKind kind, const ImageOperations& operations) {
  cv::Mat picture = cv::imdecode(cv::Mat(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data())),
                                 cv::IMREAD_UNCHANGED);
  if (picture.empty()) return ImageTrouble{"DamagedImage", word_of(kind) + ": cannot be decoded"};
  for (const auto& operation : operations) {
    std::visit([&](const auto& value) { apply(value, picture); }, operation);
  }
  std::vector<int> parameters;
  if (kind == ImageKind::WebP) parameters = {cv::IMWRITE_WEBP_QUALITY, kLosslessWebP};
  std::vector<std::uint8_t> out;
  if (!cv::imencode(suffix_of(kind), picture, out, parameters)) {
    return ImageTrouble{"UnsupportedImage", word_of(kind) + ": cannot be encoded"};
  }
  return Recoded{std::string(out.begin(), out.end()), "opencv"};
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
    return recode_jpeg(bytes, *segments, operations, size);
  }
  const auto header = read_image_header(bytes);
  if (!header) return ImageTrouble{"DamagedImage", word_of(kind) + ": malformed header"};
  if (auto trouble = too_large(*header)) return *trouble;
  if (only_reencodes(operations)) return Unchanged{};
  return recode_by_opencv(bytes, kind, operations);
}

}  // namespace

RecodeResult recode(const std::string& bytes, const ImageOperations& operations, AnnotatedSize size) {
  if (operations.empty()) return Unchanged{};
  try {
    return recode_checked(bytes, operations, size);
  } catch (const cv::Exception& e) {
    return ImageTrouble{"DamagedImage", "OpenCV: " + e.err};
  } catch (const std::bad_alloc&) {
    return ImageTrouble{"OversizedImage", "not enough memory to decode it"};
  }
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
    return segments->ends ? RecodeResult{Unchanged{}} : decode_check_jpeg(bytes);
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
