// What the first bytes of an image file say. Nothing is decoded.
// Sources: ITU T.81 (JPEG markers), Exif 2.32 4.6.2 (orientation), RFC 2083 (PNG), BITMAPINFOHEADER, RFC 9649 (WebP),
// GIF89a. PURE.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace visionops::annotations {

enum class ImageKind : std::uint8_t { Jpeg, Png, Bmp, WebP, Gif, Tiff };

struct ImageHeader {
  ImageKind kind = ImageKind::Jpeg;
  std::int32_t width = 0;  ///< pixels as stored, before the orientation is applied
  std::int32_t height = 0;
  std::int32_t orientation = 1;  ///< Exif 1..8; of JPEG, PNG, WebP and TIFF
  bool several = false;          ///< frames or pages follow the first picture, which the size is of

  [[nodiscard]] bool says_more_than_size() const { return orientation != 1 || several; }
  /// Orientations 5 to 8 exchange the sides: the size that viewers, OpenCV and trainers see.
  [[nodiscard]] std::int32_t shown_width() const { return orientation >= 5 ? height : width; }
  [[nodiscard]] std::int32_t shown_height() const { return orientation >= 5 ? width : height; }
};

/// The orientation to turn the stored picture by, for it to be as annotations of this size (0: not known) see it: the
/// one of the file, unless it exchanges the sides and the annotations give them as they are stored.
std::int32_t orientation_seen(const ImageHeader& header, std::int32_t width, std::int32_t height);

/// Whole: nothing follows the bytes given. An orientation that could only stand behind them is 1 then.
enum class HeaderExtent : std::uint8_t { Prefix, Whole };

/// `prefix`: the first bytes of the file. nullopt: the header goes on behind them; of WebP with Exif data that is all
/// of the picture. Invalid: not an image of a known kind, or a malformed one. The kind is taken from the content, never
/// from the file name.
Result<std::optional<ImageHeader>> read_image_header(std::string_view prefix,
                                                     HeaderExtent extent = HeaderExtent::Prefix);

/// Of a file that holds GIF: what is wrong with its name, "" for .gif. Most programs that read it under another name
/// cannot.
std::string gif_problem(std::string_view path);

/// By suffix, as Ultralytics lists them: bmp dng jpeg jpg mpo png tif tiff webp pfm heic, and gif. Any case.
bool has_image_suffix(std::string_view path);

}  // namespace visionops::annotations
