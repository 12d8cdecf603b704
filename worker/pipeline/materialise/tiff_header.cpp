#include "worker/pipeline/materialise/tiff_header.h"

#include <algorithm>
#include <array>

namespace visionops::pipeline {
namespace {

constexpr std::uint32_t kMaxSide = 1U << 24U;
constexpr std::size_t kEntryBytes = 12;

/// Numbers in the byte order of the file; the caller checks the end.
struct Reader {
  std::string_view bytes;
  bool little = false;

  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t size) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value = (value << 8U) | static_cast<std::uint8_t>(bytes[little ? at + size - 1 - i : at + i]);
    }
    return value;
  }
  [[nodiscard]] bool holds(std::size_t at, std::size_t size) const {
    return at <= bytes.size() && bytes.size() - at >= size;
  }
};

/// The fields that decide how much memory a decoder takes.
struct Field {
  std::uint32_t tag;
  std::uint32_t most;
  bool only_one;  ///< one value; else one a sample, of which the largest counts
};
constexpr std::array kFields{Field{256, kMaxSide, true}, Field{257, kMaxSide, true},   Field{258, 64, false},
                             Field{277, 0xffff, true},   Field{278, 0xffffffff, true}, Field{322, kMaxSide, true},
                             Field{323, kMaxSide, true}};
enum : std::size_t { kWidth, kHeight, kBits, kSamples, kRows, kTileWidth, kTileHeight };
using Values = std::array<std::optional<std::uint32_t>, kFields.size()>;

/// Of type SHORT or LONG, with its values in the entry itself or where that points to.
std::optional<std::uint32_t> value_of(const Reader& file, std::size_t entry, const Field& field) {
  const auto type = file.number(entry + 2, 2);
  const auto count = file.number(entry + 4, 4);
  if ((type != 3 && type != 4) || count == 0 || count > (field.only_one ? 1 : 0xffff)) return std::nullopt;
  const std::size_t size = type == 3 ? 2 : 4;
  const std::size_t at = size * count <= 4 ? entry + 8 : file.number(entry + 8, 4);
  if (!file.holds(at, size * count)) return std::nullopt;
  std::uint32_t largest = 0;
  for (std::size_t i = 0; i < count; ++i) largest = std::max(largest, file.number(at + i * size, size));
  if (largest == 0 || largest > field.most) return std::nullopt;
  return largest;
}

/// False when a field is there twice (libtiff takes the first, others the last) or malformed.
bool take(const Reader& file, std::size_t entry, Values& values) {
  const auto* const field = std::ranges::find(kFields, file.number(entry, 2), &Field::tag);
  if (field == kFields.end()) return true;
  auto& value = values[static_cast<std::size_t>(field - kFields.begin())];
  if (value) return false;
  value = value_of(file, entry, *field);
  return value.has_value();
}

/// The picture in four channels or more, and a tile or strip of it twice: as read, and as the decoder hands it over.
std::int64_t decoding(const Values& values) {
  const double width = *values[kWidth];
  const double height = *values[kHeight];
  const double rows = std::min(height, static_cast<double>(values[kRows].value_or(*values[kHeight])));
  const bool tiled = values[kTileWidth] || values[kTileHeight];
  const double piece =
      tiled ? static_cast<double>(values[kTileWidth].value_or(kMaxSide)) * values[kTileHeight].value_or(kMaxSide)
            : width * rows;
  const double pixel = 1.0 * std::max(4U, values[kSamples].value_or(1)) * ((values[kBits].value_or(1) + 7) / 8);
  return static_cast<std::int64_t>(std::min((width * height + 2 * piece) * pixel, 1e18));
}

}  // namespace

std::optional<CodecHeader> read_tiff_header(std::string_view bytes) {
  if (bytes.size() < 8) return std::nullopt;
  const Reader file{bytes, bytes[0] == 'I'};
  const std::size_t directory = file.number(4, 4);
  if (!file.holds(directory, 2)) return std::nullopt;
  const std::size_t entries = file.number(directory, 2);
  if (!file.holds(directory + 2, entries * kEntryBytes)) return std::nullopt;
  Values values;
  for (std::size_t e = 0; e < entries; ++e) {
    if (!take(file, directory + 2 + e * kEntryBytes, values)) return std::nullopt;
  }
  if (!values[kWidth] || !values[kHeight]) return std::nullopt;
  return CodecHeader{CodecKind::Tiff, *values[kWidth], *values[kHeight], decoding(values)};
}

}  // namespace visionops::pipeline
