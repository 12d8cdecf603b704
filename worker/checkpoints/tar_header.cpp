#include "worker/checkpoints/tar_header.h"

#include <algorithm>

namespace visionops::checkpoints {

namespace {

struct Place {
  std::size_t begin;
  std::size_t size;
};
constexpr Place kName{0, 100};
constexpr Place kSize{124, 12};
constexpr Place kChecksum{148, 8};
constexpr std::size_t kType = 156;
constexpr Place kMagic{257, 5};
constexpr Place kPrefix{345, 155};

std::string_view bytes_of(std::string_view block, Place place) { return block.substr(place.begin, place.size); }

std::string text_of(std::string_view block, Place place) {
  const auto field = bytes_of(block, place);
  return std::string(field.substr(0, field.find('\0')));
}

/// Octal digits, or base 256 where the first bit is set, as writers do for sizes from 8 GiB.
std::optional<std::uint64_t> number_of(std::string_view field) {
  constexpr unsigned kBinary = 0x80;
  std::uint64_t value = 0;
  if ((static_cast<unsigned char>(field[0]) & kBinary) != 0) {
    for (const char c : field.substr(field.size() - sizeof value))
      value = (value << 8U) | static_cast<unsigned char>(c);
    const bool small =
        std::ranges::all_of(field.substr(1, field.size() - sizeof value - 1), [](char c) { return c == 0; });
    return small && static_cast<unsigned char>(field[0]) == kBinary ? std::optional(value) : std::nullopt;
  }
  bool digits = false;
  for (const char c : field) {
    if (c == ' ' && !digits) continue;
    if (c == ' ' || c == '\0') break;
    if (c < '0' || c > '7') return std::nullopt;
    value = value * 8 + static_cast<std::uint64_t>(c - '0');
    digits = true;
  }
  return digits ? std::optional(value) : std::nullopt;
}

std::uint64_t checksum_of(std::string_view block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const bool own = i >= kChecksum.begin && i < kChecksum.begin + kChecksum.size;
    sum += own ? static_cast<unsigned char>(' ') : static_cast<unsigned char>(block[i]);
  }
  return sum;
}

}  // namespace

bool looks_like_tar(std::string_view block) { return block.size() >= kTarBlock && bytes_of(block, kMagic) == "ustar"; }

Result<std::optional<TarHeader>> read_tar_header(std::string_view block) {
  if (std::ranges::all_of(block, [](char c) { return c == '\0'; })) return std::optional<TarHeader>{};
  const auto checksum = number_of(bytes_of(block, kChecksum));
  if (!looks_like_tar(block) || checksum != checksum_of(block)) return invalid_error("its header is damaged");
  const auto size = number_of(bytes_of(block, kSize));
  TarHeader header{text_of(block, kName), size.value_or(0), block[kType] == '\0' ? '0' : block[kType]};
  if (!size) return invalid_error(header.path + ": its size is no number");
  if (const auto prefix = text_of(block, kPrefix); !prefix.empty()) header.path = prefix + "/" + header.path;
  while (header.path.ends_with('/')) header.path.pop_back();
  return std::optional(std::move(header));
}

}  // namespace visionops::checkpoints
