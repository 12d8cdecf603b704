#include "worker/dataset/images/jpeg_segments.h"

#include <algorithm>
#include <cstring>

#include "worker/dataset/images/image_header.h"

namespace visionops::pipeline {
namespace {

std::uint8_t byte_at(std::string_view s, std::size_t i) { return static_cast<std::uint8_t>(s[i]); }
std::uint16_t big16(std::string_view s, std::size_t i) {
  return static_cast<std::uint16_t>((byte_at(s, i) << 8) | byte_at(s, i + 1));
}

void read_tables(std::string_view body, JpegSegments& out) {
  std::size_t i = 0;
  while (i < body.size()) {
    const bool wide = (byte_at(body, i) >> 4) != 0;
    const std::size_t id = byte_at(body, i) & 0x0FU;
    const std::size_t length = wide ? 128 : 64;
    ++i;
    if (id >= out.tables.size() || body.size() - i < length) return;
    QuantisationTable table{};
    for (std::size_t k = 0; k < 64; ++k) table[k] = wide ? big16(body, i + 2 * k) : byte_at(body, i + k);
    out.tables[id] = table;
    i += length;
  }
}

/// Blocks of 8 samples along one side of a component: whole MCUs, as decoders have them in memory.
std::int64_t blocks(std::int32_t side, unsigned factor, unsigned most) {
  const std::int64_t mcus = (side + 8LL * most - 1) / (8LL * most);
  return mcus * factor;
}

/// `body`: of the one frame header.
bool read_frame(std::uint8_t marker, std::string_view body, JpegSegments& out) {
  if (body.size() < 6) return false;
  out.height = big16(body, 1);
  out.width = big16(body, 3);
  out.components = byte_at(body, 5);
  out.keeps_coefficients = (marker & 0x03U) == 2;  // SOF2, 6, 10, 14: progressive
  const auto count = static_cast<std::size_t>(out.components);
  if (count == 0 || count > 4 || body.size() < 6 + 3 * count) return false;
  unsigned widest = 1;
  unsigned tallest = 1;
  for (std::size_t c = 0; c < count; ++c) {
    const unsigned factors = byte_at(body, 6 + 3 * c + 1);
    if ((factors >> 4U) - 1 > 3 || (factors & 0x0FU) - 1 > 3) return false;  // 1 to 4
    widest = std::max(widest, factors >> 4U);
    tallest = std::max(tallest, factors & 0x0FU);
    out.table_of_component[c] = byte_at(body, 6 + 3 * c + 2);
  }
  for (std::size_t c = 0; c < count; ++c) {
    const unsigned factors = byte_at(body, 6 + 3 * c + 1);
    out.samples += 64 * blocks(out.width, factors >> 4U, widest) * blocks(out.height, factors & 0x0FU, tallest);
  }
  return true;
}

bool is_frame_header(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/// The position of the next marker after entropy-coded data.
std::size_t skip_scan(std::string_view bytes, std::size_t i) {
  while (i < bytes.size()) {
    const auto* found = static_cast<const char*>(std::memchr(bytes.data() + i, 0xFF, bytes.size() - i));
    if (!found) return bytes.size();
    i = static_cast<std::size_t>(found - bytes.data());
    if (i + 1 >= bytes.size()) return bytes.size();
    const auto next = byte_at(bytes, i + 1);
    if (next != 0x00 && next != 0xFF && !(next >= 0xD0 && next <= 0xD7)) return i;
    i += next == 0xFF ? 1 : 2;
  }
  return bytes.size();
}

}  // namespace

bool looks_like_jpeg(std::string_view bytes) { return bytes.size() >= 3 && bytes.substr(0, 3) == "\xFF\xD8\xFF"; }

Result<JpegSegments> read_jpeg_segments(std::string_view bytes, JpegExtent extent) {
  if (!looks_like_jpeg(bytes)) return invalid_error("no JPEG file");
  JpegSegments out;
  std::size_t i = 2;
  while (i + 1 < bytes.size()) {
    if (byte_at(bytes, i) != 0xFF) return invalid_error("no marker at byte " + std::to_string(i));
    const auto marker = byte_at(bytes, i + 1);
    if (marker == 0xFF) {
      ++i;  // fill byte
      continue;
    }
    i += 2;
    if (marker == 0xD9) {
      out.ends = true;
      break;  // what follows belongs to nobody
    }
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) continue;
    if (i + 2 > bytes.size()) break;
    const std::size_t length = big16(bytes, i);
    if (length < 2 || bytes.size() - i < length) {
      if (out.scans > 0) break;  // cut after the first scan: `ends` tells
      return invalid_error("a segment runs over the end of the file");
    }
    const auto body = bytes.substr(i + 2, length - 2);
    if (is_frame_header(marker)) {
      // Decoders take the first and read on: a second one would make this file look like another than it is.
      if (out.components > 0) return invalid_error("two frame headers");
      if (!read_frame(marker, body, out)) return invalid_error("malformed frame header");
    }
    if (marker == 0xDB) read_tables(body, out);
    if (marker == 0xEE && body.substr(0, 5) == "Adobe") out.adobe = true;
    if (marker == 0xE2 && body.substr(0, 11) == "ICC_PROFILE") out.icc.push_back(bytes.substr(i - 2, length + 2));
    i += length;
    if (marker == 0xDA) {
      if (++out.scans == 1 && (body.empty() || byte_at(body, 0) < out.components)) out.keeps_coefficients = true;
      if (extent == JpegExtent::ToFirstScan) break;
      i = skip_scan(bytes, i);
    }
  }
  if (out.width == 0 || out.height == 0) return invalid_error("no frame header");
  if (const auto header = annotations::read_image_header(bytes); header && *header)
    out.orientation = (*header)->orientation;
  return out;
}

std::string with_icc(std::string_view jpeg, const std::vector<std::string_view>& icc) {
  if (icc.empty()) return std::string(jpeg);
  std::size_t at = 2;
  if (jpeg.size() > 6 && byte_at(jpeg, 2) == 0xFF && byte_at(jpeg, 3) == 0xE0) at = 4U + big16(jpeg, 4);
  std::string out(jpeg.substr(0, at));
  for (const auto segment : icc) out += segment;
  out += jpeg.substr(at);
  return out;
}

}  // namespace visionops::pipeline
