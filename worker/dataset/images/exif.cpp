#include "worker/dataset/images/exif.h"

#include <algorithm>

namespace visionops::annotations {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t kChunkHeader = 8;           // length and type
constexpr std::uint64_t kMaxExifBytes = 1 << 16;  // as much as fits into JPEG; the first directory stands at the begin

std::uint32_t exif_number(std::string_view b, std::size_t at, std::size_t size, bool little) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value = (value << 8U) | static_cast<unsigned char>(b[little ? at + size - 1 - i : at + i]);
  }
  return value;
}

}  // namespace

std::int32_t exif_orientation(std::string_view tiff) {
  if (tiff.starts_with("Exif\0\0"sv)) tiff.remove_prefix(6);
  if (tiff.size() < 8) return 1;
  const bool little = tiff.starts_with("II*\0"sv);
  if (!little && !tiff.starts_with("MM\0*"sv)) return 1;
  const std::size_t directory = exif_number(tiff, 4, 4, little);
  if (directory > tiff.size() || tiff.size() - directory < 2) return 1;
  const std::size_t entries = exif_number(tiff, directory, 2, little);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * 12;
    if (entry + 12 > tiff.size()) return 1;
    if (exif_number(tiff, entry, 2, little) != 0x0112) continue;
    const auto value = exif_number(tiff, entry + 8, 2, little);
    return value >= 1 && value <= 8 ? static_cast<std::int32_t>(value) : 1;
  }
  return 1;
}

bool ExifSearch::feed(std::string_view bytes) {
  if (state_ == State::Done) return false;
  pending_.append(bytes);
  for (starved_ = false; !starved_ && state_ != State::Done;) step();
  return state_ != State::Done;
}

void ExifSearch::step() {
  switch (state_) {
    case State::Signature:
      read_signature();
      break;
    case State::Chunk:
      read_chunk();
      break;
    case State::Skip: {
      const auto passed = std::min<std::uint64_t>(skip_, pending_.size());
      pending_.erase(0, static_cast<std::size_t>(passed));
      skip_ -= passed;
      starved_ = skip_ > 0;
      if (!starved_) state_ = State::Chunk;
      break;
    }
    case State::Frames:
      starved_ = pending_.size() < 4;
      if (starved_) return;
      frames_ = exif_number(pending_, 0, 4, false);
      state_ = State::Skip;
      break;
    case State::Exif:
      starved_ = pending_.size() < exif_size_;
      if (starved_) return;
      orientation_ = exif_orientation(std::string_view(pending_).substr(0, static_cast<std::size_t>(exif_size_)));
      state_ = State::Done;
      break;
    case State::Done:
      break;
  }
}

void ExifSearch::read_signature() {
  constexpr std::size_t png = 8, riff = 12;
  starved_ = pending_.size() < riff;
  if (starved_) return;
  png_ = pending_.starts_with("\x89PNG\r\n\x1a\n"sv);
  const bool webp = pending_.starts_with("RIFF"sv) && std::string_view(pending_).substr(8, 4) == "WEBP"sv;
  pending_.erase(0, png_ ? png : riff);
  state_ = png_ || webp ? State::Chunk : State::Done;
}

/// PNG: length, type, data, CRC. WebP: type, length, data up to an even number of bytes.
void ExifSearch::read_chunk() {
  starved_ = pending_.size() < kChunkHeader;
  if (starved_) return;
  const std::uint64_t length = exif_number(pending_, png_ ? 0 : 4, 4, !png_);
  const std::string type = pending_.substr(png_ ? 4 : 0, 4);
  pending_.erase(0, kChunkHeader);
  if (type == (png_ ? "eXIf" : "EXIF")) {
    exif_size_ = std::min(length, kMaxExifBytes);
    state_ = State::Exif;
  } else if (png_ && (type == "IDAT" || type == "IEND")) {
    state_ = State::Done;
  } else {
    skip_ = png_ ? length + 4 : length + length % 2;
    state_ = png_ && type == "acTL" && length >= 4 ? State::Frames : State::Skip;
  }
}

}  // namespace visionops::annotations
