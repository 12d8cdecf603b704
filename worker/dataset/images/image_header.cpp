#include "worker/dataset/images/image_header.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "worker/dataset/images/tiff_directory.h"

namespace visionops::annotations {

namespace {

using std::string_view_literals::operator""sv;
using Header = Result<std::optional<ImageHeader>>;

unsigned byte_at(std::string_view b, std::size_t i) { return static_cast<unsigned char>(b[i]); }
unsigned big16(std::string_view b, std::size_t i) { return (byte_at(b, i) << 8U) | byte_at(b, i + 1); }
std::uint32_t big32(std::string_view b, std::size_t i) { return (big16(b, i) << 16U) | big16(b, i + 2); }
unsigned little16(std::string_view b, std::size_t i) { return byte_at(b, i) | (byte_at(b, i + 1) << 8U); }
unsigned little24(std::string_view b, std::size_t i) { return little16(b, i) | (byte_at(b, i + 2) << 16U); }
std::uint32_t little32(std::string_view b, std::size_t i) { return little16(b, i) | (little16(b, i + 2) << 16U); }

Header sized(ImageKind kind, std::uint32_t width, std::uint32_t height, std::int32_t orientation = 1) {
  constexpr std::uint32_t most = 1U << 24U;
  if (width == 0 || height == 0 || width > most || height > most) {
    return invalid_error("image size " + std::to_string(width) + " x " + std::to_string(height) + " is out of range");
  }
  return std::optional(
      ImageHeader{kind, static_cast<std::int32_t>(width), static_cast<std::int32_t>(height), orientation});
}

bool is_frame_header(unsigned marker) {  // SOF0..SOF15 without DHT, JPG, DAC
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}
bool stands_alone(unsigned marker) { return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8); }

/// Orientation in an APP1 segment (after its length), 1 when there is none. Only IFD0 is looked at.
std::int32_t exif_orientation(std::string_view segment) {
  if (!segment.starts_with("Exif\0\0"sv) || segment.size() < 14) return 1;
  const std::string_view tiff = segment.substr(6);
  const bool little = tiff.starts_with("II*\0"sv);
  if (!little && !tiff.starts_with("MM\0*"sv)) return 1;
  const auto u16 = [&](std::size_t i) { return little ? little16(tiff, i) : big16(tiff, i); };
  const std::size_t directory = little ? little32(tiff, 4) : big32(tiff, 4);
  if (directory > tiff.size() || tiff.size() - directory < 2) return 1;
  const std::size_t entries = u16(directory);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * 12;
    if (entry + 12 > tiff.size()) return 1;
    if (u16(entry) != 0x0112) continue;
    const unsigned value = u16(entry + 8);
    return value >= 1 && value <= 8 ? static_cast<std::int32_t>(value) : 1;
  }
  return 1;
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
      orientation = exif_orientation(b.substr(at + 4, length - 2));
    }
    at += 2 + length;
  }
}

Header webp_header(std::string_view b) {
  if (b.size() < 30) return std::optional<ImageHeader>{};
  const std::string_view chunk = b.substr(12, 4);
  if (chunk == "VP8X"sv) return sized(ImageKind::WebP, little24(b, 24) + 1, little24(b, 27) + 1);
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

Header tiff_header(std::string_view b) {
  const auto size = read_tiff_size(b);
  if (!size) return std::optional<ImageHeader>{};
  const bool turned = size->orientation >= 1 && size->orientation <= 8;
  return sized(ImageKind::Tiff, size->width, size->height, turned ? static_cast<std::int32_t>(size->orientation) : 1);
}

}  // namespace

Header read_image_header(std::string_view prefix) {
  if (prefix.size() < 12) {
    if (prefix.empty()) return invalid_error("the file is empty");
    return std::optional<ImageHeader>{};
  }
  if (prefix.starts_with("\xff\xd8\xff"sv)) return jpeg_header(prefix);
  if (prefix.starts_with("\x89PNG\r\n\x1a\n"sv)) {
    if (prefix.size() < 24) return std::optional<ImageHeader>{};
    if (prefix.substr(12, 4) != "IHDR"sv) return invalid_error("malformed PNG: IHDR is not the first chunk");
    return sized(ImageKind::Png, big32(prefix, 16), big32(prefix, 20));
  }
  if (prefix.starts_with("RIFF"sv) && prefix.substr(8, 4) == "WEBP"sv) return webp_header(prefix);
  if (prefix.starts_with("BM"sv)) return bmp_header(prefix);
  if (prefix.starts_with("GIF87a"sv) || prefix.starts_with("GIF89a"sv)) {
    return sized(ImageKind::Gif, little16(prefix, 6), little16(prefix, 8));
  }
  if (is_tiff(prefix)) return tiff_header(prefix);
  return invalid_error("not an image of a known kind (JPEG, PNG, BMP, WebP, GIF, TIFF)");
}

void ImageCompleteness::feed(std::string_view bytes) {
  if (state_ == State::Done || state_ == State::NoStream) return;
  pending_.erase(0, at_);
  at_ = 0;
  pending_.append(bytes);
  for (starved_ = false; !starved_;) {
    switch (state_) {
      case State::Magic:
        feed_magic();
        break;
      case State::JpegMarker:
        feed_jpeg_marker();
        break;
      case State::JpegLength:
        feed_jpeg_length();
        break;
      case State::JpegEntropy:
        feed_jpeg_entropy();
        break;
      case State::PngChunk:
        feed_png_chunk();
        break;
      case State::Skip: {
        const auto step = std::min<std::uint64_t>(skip_, rest().size());
        at_ += static_cast<std::size_t>(step);
        skip_ -= step;
        starved_ = skip_ > 0;
        if (!starved_) state_ = after_skip_;
        break;
      }
      case State::Done:
      case State::NoStream:
        pending_.clear();
        at_ = 0;
        return;
    }
  }
}

void ImageCompleteness::feed_magic() {
  starved_ = rest().size() < 8;
  if (starved_) return;
  if (rest().starts_with("\xff\xd8\xff"sv)) {
    jpeg_ = true;
    at_ += 2;
    state_ = State::JpegMarker;
  } else if (rest().starts_with("\x89PNG\r\n\x1a\n"sv)) {
    at_ += 8;
    state_ = State::PngChunk;
  } else {
    state_ = State::NoStream;
  }
}

/// On 0xff (fill bytes are skipped), or on garbage between segments, which decoders skip too.
void ImageCompleteness::feed_jpeg_marker() {
  while (rest().size() >= 2 && (byte_at(rest(), 0) != 0xff || byte_at(rest(), 1) == 0xff)) ++at_;
  starved_ = rest().size() < 2;
  if (starved_) return;
  marker_ = static_cast<unsigned char>(rest()[1]);
  at_ += 2;
  if (marker_ == 0xd9) {
    state_ = State::Done;
  } else if (marker_ != 0 && !stands_alone(marker_)) {
    state_ = State::JpegLength;
  }
}

void ImageCompleteness::feed_jpeg_length() {
  starved_ = rest().size() < 2;
  if (starved_) return;
  if (is_frame_header(marker_)) ++frames_;
  skip_ = std::max(big16(rest(), 0), 2U);
  after_skip_ = marker_ == 0xda ? State::JpegEntropy : State::JpegMarker;
  state_ = State::Skip;
}

/// Entropy-coded data ends at a marker that is neither a stuffed zero nor a restart.
void ImageCompleteness::feed_jpeg_entropy() {
  for (;;) {
    const auto found = pending_.find('\xff', at_);
    at_ = found == std::string::npos ? pending_.size() : found;
    starved_ = rest().size() < 2;
    if (starved_) return;
    const unsigned next = byte_at(rest(), 1);
    if (next != 0 && next != 0xff && !(next >= 0xd0 && next <= 0xd7)) {
      state_ = State::JpegMarker;
      return;
    }
    at_ += next == 0xff ? 1 : 2;
  }
}

void ImageCompleteness::feed_png_chunk() {
  starved_ = rest().size() < 8;
  if (starved_) return;
  const bool last = rest().substr(4, 4) == "IEND"sv;
  skip_ = std::uint64_t{big32(rest(), 0)} + 12;  // length, type, data, CRC
  after_skip_ = last ? State::Done : State::PngChunk;
  state_ = State::Skip;
}

std::string ImageCompleteness::problem() const {
  if (frames_ > 1) return "the JPEG has more than one frame header";
  if (state_ == State::Done || state_ == State::NoStream) return {};
  if (state_ == State::Magic) return "the file is too short for an image";
  return jpeg_ ? "the JPEG ends before its end marker (truncated)" : "the PNG ends before its last chunk (truncated)";
}

bool has_image_suffix(std::string_view path) {
  static constexpr std::array<std::string_view, 12> suffixes{"bmp", "dng", "gif", "heic", "jpeg", "jpg",
                                                             "mpo", "pfm", "png", "tif",  "tiff", "webp"};
  const auto dot = path.rfind('.');
  if (dot == std::string_view::npos || path.size() - dot > 5) return false;
  std::string suffix(path.substr(dot + 1));
  for (char& c : suffix) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::find(suffixes.begin(), suffixes.end(), suffix) != suffixes.end();
}

}  // namespace visionops::annotations
