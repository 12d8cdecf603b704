#include "worker/dataset/images/image_completeness.h"

#include <algorithm>
#include <cstdlib>

#include "worker/dataset/images/marks_and_numbers.h"

namespace visionops::annotations {

namespace {

using std::string_view_literals::operator""sv;

/// Bytes of a table of colours, by the byte that describes it.
std::uint64_t colours(unsigned packed) { return (packed & 0x80U) != 0 ? 3ULL << ((packed & 7U) + 1) : 0; }

/// Up to the last pixel; 0 for what is packed, or says nothing that fits.
std::uint64_t bmp_bytes(std::string_view b) {
  constexpr std::uint32_t core = 12;
  const bool old = little32(b, 14) == core;
  const std::uint32_t packing = old ? 0 : little32(b, 30);
  if (packing != 0 && packing != 3 && packing != 6) return 0;  // BI_RGB, BI_BITFIELDS, BI_ALPHABITFIELDS
  const std::uint64_t width = old ? little16(b, 18) : little32(b, 18);
  const std::uint64_t height =
      old ? little16(b, 20) : static_cast<std::uint64_t>(std::llabs(static_cast<std::int32_t>(little32(b, 22))));
  const std::uint64_t bits = width * little16(b, old ? 24 : 28);
  if (width > 1U << 24U || height == 0 || height > 1U << 24U) return 0;
  return little32(b, 10) + (bits + 31) / 32 * 4 * (height - 1) + (bits + 7) / 8;
}

}  // namespace

void ImageCompleteness::feed(std::string_view bytes) {
  if (state_ == State::Done || state_ == State::NoStream) return;
  pending_.erase(0, at_);
  at_ = 0;
  pending_.append(bytes);
  for (starved_ = false; !starved_;) {
    step();
    if (state_ != State::Done && state_ != State::NoStream) continue;
    pending_.clear();
    at_ = 0;
    return;
  }
}

void ImageCompleteness::step() {
  switch (state_) {
    case State::Magic:
      return feed_magic();
    case State::JpegMarker:
      return feed_jpeg_marker();
    case State::JpegLength:
      return feed_jpeg_length();
    case State::JpegEntropy:
      return feed_jpeg_entropy();
    case State::PngChunk:
      return feed_png_chunk();
    case State::PngCrc:
      return feed_png_crc();
    case State::GifBlock:
      return feed_gif_block();
    case State::GifPicture:
      return feed_gif_picture();
    case State::GifData:
      return feed_gif_data();
    case State::Skip: {
      const auto passed = std::min<std::uint64_t>(skip_, rest().size());
      if (after_skip_ == State::PngCrc) crc_.update(rest().substr(0, static_cast<std::size_t>(passed)));
      at_ += static_cast<std::size_t>(passed);
      skip_ -= passed;
      starved_ = skip_ > 0;
      if (!starved_) state_ = after_skip_;
      return;
    }
    case State::Done:
    case State::NoStream:
      return;
  }
}

void ImageCompleteness::skip(std::uint64_t bytes, State after) {
  skip_ = bytes;
  after_skip_ = after;
  state_ = State::Skip;
}

void ImageCompleteness::feed_magic() {
  starved_ = rest().size() < 12;
  if (starved_) return;
  if (rest().starts_with("\xff\xd8\xff"sv)) {
    kind_ = "JPEG";
    at_ += 2;
    state_ = State::JpegMarker;
  } else if (rest().starts_with("\x89PNG\r\n\x1a\n"sv)) {
    kind_ = "PNG";
    at_ += 8;
    state_ = State::PngChunk;
  } else if (rest().starts_with("RIFF"sv) && rest().substr(8, 4) == "WEBP"sv) {
    kind_ = "WebP";
    skip(std::uint64_t{little32(rest(), 4)} + 8, State::Done);
  } else if (rest().starts_with("GIF87a"sv) || rest().starts_with("GIF89a"sv)) {
    feed_gif_screen();
  } else if (rest().starts_with("BM"sv)) {
    feed_bmp();
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
  const std::uint64_t length = big32(rest(), 0);
  chunk_ = rest().substr(4, 4);
  crc_ = {};
  crc_.update(chunk_);
  at_ += 8;
  skip(length, State::PngCrc);
}

/// A small first letter says that decoders do without the chunk: they pass over a damaged one.
void ImageCompleteness::feed_png_crc() {
  starved_ = rest().size() < 4;
  if (starved_) return;
  const bool letters = std::ranges::all_of(chunk_, [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; });
  const bool needed = letters && (chunk_[0] & 0x20) == 0;
  wrong_crc_ = needed && big32(rest(), 0) != crc_.value();
  at_ += 4;
  state_ = wrong_crc_ || chunk_ == "IEND" ? State::Done : State::PngChunk;
}

void ImageCompleteness::feed_gif_screen() {
  constexpr std::size_t screen = 13;
  starved_ = rest().size() < screen;
  if (starved_) return;
  kind_ = "GIF";
  skip(screen + colours(byte_at(rest(), 10)), State::GifBlock);
}

/// An extension with its label, a picture, or the end.
void ImageCompleteness::feed_gif_block() {
  starved_ = rest().size() < 2;
  if (starved_) return;
  gif_picture_ = rest()[0] == ',';
  if (gif_picture_) {
    state_ = State::GifPicture;
  } else if (rest()[0] == '!') {
    skip(2, State::GifData);
  } else {
    starved_ = true;  // no decoder goes on either: what is there has no picture
  }
}

void ImageCompleteness::feed_gif_picture() {
  constexpr std::size_t descriptor = 10;
  starved_ = rest().size() < descriptor;
  if (!starved_) skip(descriptor + colours(byte_at(rest(), 9)) + 1, State::GifData);  // and the size of a code
}

/// Blocks of at most 255 bytes, up to an empty one.
void ImageCompleteness::feed_gif_data() {
  starved_ = rest().empty();
  if (starved_) return;
  const unsigned length = byte_at(rest(), 0);
  ++at_;
  if (length != 0) return skip(length, State::GifData);
  state_ = gif_picture_ ? State::Done : State::GifBlock;
}

void ImageCompleteness::feed_bmp() {
  constexpr std::size_t headers = 34;
  starved_ = rest().size() < headers;
  if (starved_) return;
  kind_ = "BMP";
  const auto bytes = bmp_bytes(rest());
  if (bytes == 0) {
    state_ = State::NoStream;
  } else {
    skip(bytes, State::Done);
  }
}

std::string ImageCompleteness::problem() const {
  if (frames_ > 1) return "the JPEG has more than one frame header";
  if (wrong_crc_) return "the PNG is damaged: the checksum of a chunk " + chunk_ + " is wrong";
  if (state_ == State::Done || state_ == State::NoStream) return {};
  if (state_ == State::Magic) return "the file is too short for an image";
  const std::string kind = kind_;
  if (kind == "JPEG") return "the JPEG ends before its end marker (truncated)";
  if (kind == "PNG") return "the PNG ends before its last chunk (truncated)";
  return "the " + kind + " ends before its picture does (truncated)";
}

}  // namespace visionops::annotations
