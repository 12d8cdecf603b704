#include "worker/dataset/images/tiff_directory.h"

namespace visionops::annotations {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t kEntryBytes = 12;

std::uint32_t number(std::string_view b, std::size_t at, std::size_t size) {
  const bool little = b[0] == 'I';
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value = (value << 8U) | static_cast<unsigned char>(b[little ? at + size - 1 - i : at + i]);
  }
  return value;
}

/// Of one SHORT or LONG; else 0.
std::uint32_t value_of(std::string_view b, std::size_t entry) {
  const auto type = number(b, entry + 2, 2);
  if ((type != 3 && type != 4) || number(b, entry + 4, 4) != 1) return 0;
  return number(b, entry + 8, type == 3 ? 2 : 4);
}

}  // namespace

bool is_tiff(std::string_view bytes) { return bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv); }

std::uint32_t tiff_directory(std::string_view prefix) { return number(prefix, 4, 4); }

std::string tiff_before_directory(std::string_view prefix) {
  return std::string(prefix.substr(0, 4)) + std::string(prefix[0] == 'I' ? "\x08\0\0\0"sv : "\0\0\0\x08"sv);
}

std::optional<TiffSize> read_tiff_size(std::string_view prefix) {
  const std::size_t directory = tiff_directory(prefix);
  if (directory + 2 > prefix.size()) return std::nullopt;
  const std::size_t entries = number(prefix, directory, 2);
  if (directory + 2 + entries * kEntryBytes > prefix.size()) return std::nullopt;
  TiffSize size;
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntryBytes;
    const auto tag = number(prefix, entry, 2);
    if (tag == 256 && size.width == 0) size.width = value_of(prefix, entry);
    if (tag == 257 && size.height == 0) size.height = value_of(prefix, entry);
    if (tag == 274 && size.orientation == 0) size.orientation = value_of(prefix, entry);
  }
  return size;
}

}  // namespace visionops::annotations
