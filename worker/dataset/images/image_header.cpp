#include "worker/dataset/images/image_header.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "worker/dataset/images/exif.h"
#include "worker/dataset/images/foreign_kind.h"
#include "worker/dataset/images/marks_and_numbers.h"
#include "worker/dataset/images/tiff_directory.h"

namespace visionops::annotations {

namespace {

using std::string_view_literals::operator""sv;
using Header = Result<std::optional<ImageHeader>>;

Header sized(ImageKind kind, std::uint32_t width, std::uint32_t height, std::int32_t orientation = 1) {
  constexpr std::uint32_t most = 1U << 24U;
  if (width == 0 || height == 0 || width > most || height > most) {
    return invalid_error("image size " + std::to_string(width) + " x " + std::to_string(height) + " is out of range");
  }
  return std::optional(
      ImageHeader{kind, static_cast<std::int32_t>(width), static_cast<std::int32_t>(height), orientation});
}

Header jpeg_header(std::string_view b) {
  std::int32_t orientation = 1;
  for (std::size_t at = 2;;) {
    if (at + 4 > b.size()) return std::optional<ImageHeader>{};
    if (byte_at(b, at) != 0xff) return invalid_error("malformed JPEG: no marker at byte " + std::to_string(at));
    const unsigned marker = byte_at(b, at + 1);
    if (marker == 0xff || stands_alone(marker)) {  // fill bytes, restart markers
      at += marker == 0xff ? 1 : 2;
      continue;
    }
    if (marker == 0xd9 || marker == 0xda) return invalid_error("malformed JPEG: no frame header");
    const unsigned length = big16(b, at + 2);
    if (length < 2) return invalid_error("malformed JPEG: segment length at byte " + std::to_string(at + 2));
    if (is_frame_header(marker)) {
      if (at + 9 > b.size()) return std::optional<ImageHeader>{};
      return sized(ImageKind::Jpeg, big16(b, at + 7), big16(b, at + 5), orientation);
    }
    if (marker == 0xe1 && orientation == 1) {
      if (at + 2 + length > b.size()) return std::optional<ImageHeader>{};
      const std::string_view segment = b.substr(at + 4, length - 2);
      if (segment.starts_with("Exif\0\0"sv)) orientation = exif_orientation(segment);
    }
    at += 2 + length;
  }
}

/// Exif data may follow; where nothing follows, it is not there.
Header with_exif(Header header, std::string_view b, HeaderExtent extent) {
  if (!header || !*header) return header;
  ExifSearch search;
  if (search.feed(b) && extent == HeaderExtent::Prefix) return std::optional<ImageHeader>{};
  (*header)->orientation = search.orientation();
  (*header)->several = (*header)->several || search.several();
  return header;
}

Header png_header(std::string_view b, HeaderExtent extent) {
  if (b.size() < 24) return std::optional<ImageHeader>{};
  if (b.substr(12, 4) != "IHDR"sv) return invalid_error("malformed PNG: IHDR is not the first chunk");
  return with_exif(sized(ImageKind::Png, big32(b, 16), big32(b, 20)), b, extent);
}

Header webp_header(std::string_view b, HeaderExtent extent) {
  constexpr unsigned animated = 0x02, has_exif = 0x08;  // RFC 9649, figure 7
  if (b.size() < 30) return std::optional<ImageHeader>{};
  const std::string_view chunk = b.substr(12, 4);
  if (chunk == "VP8X"sv) {
    auto header = sized(ImageKind::WebP, little24(b, 24) + 1, little24(b, 27) + 1);
    if (header && *header) (*header)->several = (byte_at(b, 20) & animated) != 0;
    return (byte_at(b, 20) & has_exif) != 0 ? with_exif(std::move(header), b, extent) : header;
  }
  if (chunk == "VP8 "sv) return sized(ImageKind::WebP, little16(b, 26) & 0x3fffU, little16(b, 28) & 0x3fffU);
  if (chunk != "VP8L"sv) return invalid_error("malformed WebP");
  const std::uint32_t bits = little32(b, 21);
  return sized(ImageKind::WebP, (bits & 0x3fffU) + 1, ((bits >> 14U) & 0x3fffU) + 1);
}

Header bmp_header(std::string_view b) {
  if (b.size() < 26) return std::optional<ImageHeader>{};
  if (little32(b, 14) == 12) return sized(ImageKind::Bmp, little16(b, 18), little16(b, 20));  // BITMAPCOREHEADER
  const auto height = static_cast<std::int32_t>(little32(b, 22));  // negative: rows from the top
  if (height == INT32_MIN) return invalid_error("malformed BMP");
  return sized(ImageKind::Bmp, little32(b, 18), static_cast<std::uint32_t>(height < 0 ? -height : height));
}

Header tiff_header(std::string_view b, HeaderExtent extent) {
  const auto size = read_tiff_size(b, extent == HeaderExtent::Whole);
  if (!size) return std::optional<ImageHeader>{};
  if (size->preview) return invalid_error("its first picture is a preview, as in DNG: convert it to a plain image");
  const bool turned = size->orientation >= 1 && size->orientation <= 8;
  auto header =
      sized(ImageKind::Tiff, size->width, size->height, turned ? static_cast<std::int32_t>(size->orientation) : 1);
  if (header && *header) (*header)->several = size->next != 0;
  return header;
}

/// Of an animation the extension that says how often it is repeated stands before the first picture.
Header gif_header(std::string_view b) {
  constexpr std::size_t longest = 1024;  // screen, colours, this extension
  auto header = sized(ImageKind::Gif, little16(b, 6), little16(b, 8));
  if (header && *header) (*header)->several = b.substr(0, longest).find("NETSCAPE2.0"sv) != std::string_view::npos;
  return header;
}

}  // namespace

std::int32_t orientation_seen(const ImageHeader& header, std::int32_t width, std::int32_t height) {
  const bool exchanges = header.orientation >= 5 && header.width != header.height;
  return exchanges && width == header.width && height == header.height ? 1 : header.orientation;
}

Header read_image_header(std::string_view prefix, HeaderExtent extent) {
  if (prefix.size() < 12) {
    if (prefix.empty()) return invalid_error("the file is empty");
    return std::optional<ImageHeader>{};
  }
  if (prefix.starts_with("\xff\xd8\xff"sv)) return jpeg_header(prefix);
  if (prefix.starts_with("\x89PNG\r\n\x1a\n"sv)) return png_header(prefix, extent);
  if (prefix.starts_with("RIFF"sv) && prefix.substr(8, 4) == "WEBP"sv) return webp_header(prefix, extent);
  if (prefix.starts_with("BM"sv)) return bmp_header(prefix);
  if (prefix.starts_with("GIF87a"sv) || prefix.starts_with("GIF89a"sv)) return gif_header(prefix);
  if (is_tiff(prefix)) return tiff_header(prefix, extent);
  const std::string_view other = foreign_kind(prefix);
  return invalid_error("not an image of a known kind (JPEG, PNG, BMP, WebP, GIF, TIFF)" +
                       (other.empty() ? std::string() : " but " + std::string(other)));
}

namespace {

/// In small letters; "" for a name without one, or with one that is longer than those of images.
std::string suffix_of(std::string_view path) {
  const auto dot = path.rfind('.');
  if (dot == std::string_view::npos || path.size() - dot > 5) return {};
  std::string suffix(path.substr(dot + 1));
  for (char& c : suffix) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return suffix;
}

}  // namespace

std::string gif_problem(std::string_view path) {
  const std::string suffix = suffix_of(path);
  return suffix.empty() || suffix == "gif" ? "" : "holds GIF, and is named ." + suffix;
}

bool has_image_suffix(std::string_view path) {
  static constexpr std::array<std::string_view, 12> suffixes{"bmp", "dng", "gif", "heic", "jpeg", "jpg",
                                                             "mpo", "pfm", "png", "tif",  "tiff", "webp"};
  return std::ranges::find(suffixes, suffix_of(path)) != suffixes.end();
}

}  // namespace visionops::annotations
