// What the first bytes of an image file say, and whether the file ends where its format says. Nothing is decoded.
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
  std::int32_t orientation = 1;  ///< Exif 1..8

  /// Orientations 5 to 8 exchange the sides: the size that viewers, OpenCV and trainers see.
  [[nodiscard]] std::int32_t shown_width() const { return orientation >= 5 ? height : width; }
  [[nodiscard]] std::int32_t shown_height() const { return orientation >= 5 ? width : height; }
};

/// `prefix`: the first bytes of the file. nullopt: the header goes on behind them. Invalid: not an image of a known
/// kind, or a malformed one. The kind is taken from the content, never from the file name.
Result<std::optional<ImageHeader>> read_image_header(std::string_view prefix);

/// Follows a whole file that arrives in pieces and tells whether it is complete: JPEG up to its EOI marker and with one
/// frame header, PNG up to IEND (other kinds: the header). Bytes behind the end are accepted. Not thread-safe.
class ImageCompleteness {
 public:
  void feed(std::string_view bytes);
  /// Empty when the file is complete, else what is wrong with it.
  [[nodiscard]] std::string problem() const;

 private:
  enum class State { Magic, JpegMarker, JpegLength, JpegEntropy, PngChunk, Skip, Done, NoStream };
  void feed_magic();
  void feed_jpeg_marker();
  void feed_jpeg_length();
  void feed_jpeg_entropy();
  void feed_png_chunk();
  [[nodiscard]] std::string_view rest() const { return std::string_view(pending_).substr(at_); }

  State state_ = State::Magic;
  State after_skip_ = State::Done;
  std::string pending_;
  std::size_t at_ = 0;
  std::uint64_t skip_ = 0;
  unsigned char marker_ = 0;
  bool jpeg_ = false;
  int frames_ = 0;        ///< frame headers of a JPEG
  bool starved_ = false;  ///< the current step needs more bytes
};

/// By suffix, as Ultralytics lists them: bmp dng jpeg jpg mpo png tif tiff webp pfm heic, and gif. Any case.
bool has_image_suffix(std::string_view path);

}  // namespace visionops::annotations
