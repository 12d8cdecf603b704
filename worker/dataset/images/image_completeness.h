// Whether an image file ends where its format says (ITU T.81, PNG, RFC 9649, GIF89a, BITMAPINFOHEADER). Nothing is
// decoded. PURE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "worker/dataset/images/crc32.h"

namespace visionops::annotations {

/// Follows a whole file that arrives in pieces and tells whether it is complete: JPEG up to its EOI marker and with one
/// frame header, PNG up to IEND and with the checksums of what decoders need, WebP as long as it says, GIF up to the
/// end of its first picture, BMP up to its last pixel unless it is packed. TIFF has its pieces anywhere: see
/// tiff_directory.h. Bytes behind the end are accepted. Not thread-safe.
class ImageCompleteness {
 public:
  void feed(std::string_view bytes);
  /// Empty when the file is complete, else what is wrong with it.
  [[nodiscard]] std::string problem() const;

 private:
  enum class State {
    Magic,
    JpegMarker,
    JpegLength,
    JpegEntropy,
    PngChunk,
    PngCrc,
    GifBlock,
    GifPicture,
    GifData,
    Skip,
    Done,
    NoStream
  };
  void step();
  void feed_magic();
  void feed_jpeg_marker();
  void feed_jpeg_length();
  void feed_jpeg_entropy();
  void feed_png_chunk();
  void feed_png_crc();
  void feed_gif_screen();
  void feed_gif_block();
  void feed_gif_picture();
  void feed_gif_data();
  void feed_bmp();
  void skip(std::uint64_t bytes, State after);
  [[nodiscard]] std::string_view rest() const { return std::string_view(pending_).substr(at_); }

  State state_ = State::Magic;
  State after_skip_ = State::Done;
  std::string pending_;
  std::size_t at_ = 0;
  std::uint64_t skip_ = 0;
  unsigned char marker_ = 0;
  const char* kind_ = "";
  std::string chunk_;         ///< of a PNG, its type
  Crc32 crc_;                 ///< of the chunk so far
  bool wrong_crc_ = false;    ///< of chunk_
  bool gif_picture_ = false;  ///< the data that is passed over is that of the first picture
  int frames_ = 0;            ///< frame headers of a JPEG
  bool starved_ = false;      ///< the current step needs more bytes
};

}  // namespace visionops::annotations
