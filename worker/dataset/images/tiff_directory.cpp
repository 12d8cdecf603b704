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

/// Numbers of a field, in its entry or where that points to.
struct Numbers {
  std::size_t at = 0;
  std::size_t size = 0;
  std::size_t count = 0;
};

/// nullopt: other types, or they lie behind the end of the file.
std::optional<Numbers> numbers_of(std::string_view b, std::size_t entry) {
  const auto type = number(b, entry + 2, 2);
  if (type != 3 && type != 4) return std::nullopt;
  Numbers out{.at = entry + 8, .size = type == 3 ? 2U : 4U, .count = number(b, entry + 4, 4)};
  const std::size_t bytes = out.size * out.count;
  if (bytes > 4) out.at = number(b, entry + 8, 4);
  if (out.at > b.size() || b.size() - out.at < bytes) return std::nullopt;
  return out;
}

bool lie_inside(std::string_view b, const Numbers& places, const Numbers& lengths) {
  for (std::size_t i = 0; i < places.count && i < lengths.count; ++i) {
    const std::size_t place = number(b, places.at + i * places.size, places.size);
    const std::size_t length = number(b, lengths.at + i * lengths.size, lengths.size);
    if (place > b.size() || b.size() - place < length) return false;
  }
  return true;
}

}  // namespace

bool is_tiff(std::string_view bytes) { return bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv); }

std::uint32_t tiff_directory(std::string_view prefix) { return number(prefix, 4, 4); }

std::string tiff_before_directory(std::string_view prefix) {
  return std::string(prefix.substr(0, 4)) + std::string(prefix[0] == 'I' ? "\x08\0\0\0"sv : "\0\0\0\x08"sv);
}

std::optional<TiffSize> read_tiff_size(std::string_view prefix, bool whole) {
  const std::size_t directory = tiff_directory(prefix);
  if (directory + 2 > prefix.size()) return std::nullopt;
  const std::size_t entries = number(prefix, directory, 2);
  const std::size_t end = directory + 2 + entries * kEntryBytes;
  if (end + (whole ? 0 : 4) > prefix.size()) return std::nullopt;
  TiffSize size;
  if (end + 4 <= prefix.size()) size.next = number(prefix, end, 4);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntryBytes;
    const auto tag = number(prefix, entry, 2);
    if (tag == 254) size.preview = (value_of(prefix, entry) & 1U) != 0;
    if (tag == 256 && size.width == 0) size.width = value_of(prefix, entry);
    if (tag == 257 && size.height == 0) size.height = value_of(prefix, entry);
    if (tag == 274 && size.orientation == 0) size.orientation = value_of(prefix, entry);
  }
  return size;
}

TiffColour read_tiff_colour(std::string_view bytes) {
  TiffColour out;
  const std::size_t directory = tiff_directory(bytes);
  if (directory + 2 > bytes.size()) return out;
  const std::size_t entries = number(bytes, directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntryBytes;
    if (entry + kEntryBytes > bytes.size()) return out;
    const auto found = numbers_of(bytes, entry);
    if (!found || found->count == 0) continue;
    const auto tag = number(bytes, entry, 2);
    const auto value = number(bytes, found->at, found->size);
    if (tag == 258) out.bits = value;
    if (tag == 262) out.photometric = value;
    if (tag == 277) out.samples = value;
    if (tag == 339) out.format = value;
  }
  return out;
}

std::string tiff_problem(std::string_view bytes) {
  const std::string problem = "the TIFF ends before its picture does (truncated)";
  const std::size_t directory = tiff_directory(bytes);
  if (directory + 2 > bytes.size()) return problem;
  const std::size_t entries = number(bytes, directory, 2);
  if (directory + 2 + entries * kEntryBytes > bytes.size()) return problem;
  std::optional<Numbers> places;
  std::optional<Numbers> lengths;
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntryBytes;
    const auto tag = number(bytes, entry, 2);
    if (tag != 273 && tag != 279 && tag != 324 && tag != 325) continue;  // places and lengths of strips, of tiles
    const auto found = numbers_of(bytes, entry);
    if (!found) return problem;
    (tag == 273 || tag == 324 ? places : lengths) = found;
  }
  return !places || !lengths || lie_inside(bytes, *places, *lengths) ? "" : problem;
}

}  // namespace visionops::annotations
