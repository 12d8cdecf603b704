// Exif data: the orientation that it gives (Exif 2.32, 4.6.2), and where it stands in PNG (third edition, eXIf) and
// WebP (RFC 9649, EXIF). Nothing is decoded; the bytes are untrusted. PURE.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace visionops::annotations {

/// 1..8 as the first directory says; 1 when there is none, or it is malformed. `tiff` begins with the byte order;
/// "Exif\0\0" before it, as in JPEG, is passed over.
std::int32_t exif_orientation(std::string_view tiff);

/// Follows a PNG or WebP file that arrives in pieces to its Exif data. In PNG it is looked for up to the pixels: what
/// stands behind them most readers of pixels never see. In WebP it stands behind them. On its way it sees whether a PNG
/// is animated (acTL).
class ExifSearch {
 public:
  /// False when nothing more is needed.
  bool feed(std::string_view bytes);
  /// 1 as long as nothing was found.
  [[nodiscard]] std::int32_t orientation() const { return orientation_; }
  [[nodiscard]] bool several() const { return frames_ > 1; }

 private:
  enum class State { Signature, Chunk, Skip, Frames, Exif, Done };
  void step();
  void read_signature();
  void read_chunk();

  State state_ = State::Signature;
  bool png_ = false;
  bool starved_ = false;
  std::string pending_;
  std::uint64_t skip_ = 0;       ///< bytes up to the next chunk
  std::uint64_t exif_size_ = 0;  ///< bytes of the data that are kept
  std::int32_t orientation_ = 1;
  std::uint32_t frames_ = 1;
};

}  // namespace visionops::annotations
