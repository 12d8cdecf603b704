// Files whose headers lie, made byte by byte.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/unit/materialise/pictures.h"

namespace visionops::pipeline::test {

inline std::string number(std::uint64_t value, int bytes, bool little) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * (little ? i : bytes - 1 - i))) & 0xFFU);
  return out;
}

/// A frame header of three components, 4:2:0. `marker`: 0xC0 baseline, 0xC2 progressive.
inline std::string frame_header(int width, int height, int marker = 0xC0) {
  return std::string("\xFF") + static_cast<char>(marker) + std::string("\x00\x11\x08", 3) +
         number(static_cast<std::uint64_t>(height), 2, false) + number(static_cast<std::uint64_t>(width), 2, false) +
         std::string("\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01", 10);
}

/// `source` with its frame header replaced by these bytes.
inline std::string with_frame(const std::string& source, const std::string& frames) {
  const auto at = source.find("\xFF\xC0");
  return source.substr(0, at) + frames + source.substr(at + 19);
}

struct TiffField {
  std::uint32_t tag = 0;
  std::uint32_t type = 4;  ///< 1 BYTE, 3 SHORT, 4 LONG, 16 LONG8
  std::uint32_t value = 0;
  std::uint32_t count = 1;
};

/// A classic TIFF with one directory for each list, and room for the pixels behind them.
inline std::string tiff(const std::vector<std::vector<TiffField>>& directories, bool little = true,
                        std::size_t room = 4096) {
  std::string out = (little ? std::string("II*\0", 4) : std::string("MM\0*", 4)) + number(8, 4, little);
  for (std::size_t d = 0; d < directories.size(); ++d) {
    const auto& fields = directories[d];
    const std::size_t next = out.size() + 2 + 12 * fields.size() + 4;
    out += number(fields.size(), 2, little);
    for (const auto& field : fields) {
      out += number(field.tag, 2, little) + number(field.type, 2, little) + number(field.count, 4, little);
      const int size = field.type == 1 ? 1 : field.type == 3 ? 2 : 4;
      out += number(field.value, size, little) + std::string(static_cast<std::size_t>(4 - size), '\0');
    }
    out += number(d + 1 < directories.size() ? next : 0, 4, little);
  }
  return out + std::string(room, 'x');
}

/// What a grey picture of 8 bits needs, its one strip at byte 512.
inline std::vector<TiffField> grey(std::uint32_t width, std::uint32_t height) {
  return {{256, 4, width},  {257, 4, height},        {258, 3, 8}, {259, 3, 1}, {262, 3, 1}, {273, 4, 512}, {277, 3, 1},
          {278, 4, height}, {279, 4, width * height}};
}

inline std::vector<TiffField> with_field(std::vector<TiffField> fields, TiffField extra) {
  std::erase_if(fields, [&](const TiffField& field) { return field.tag == extra.tag; });
  fields.push_back(extra);
  std::sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) { return a.tag < b.tag; });
  return fields;
}

inline std::string bmp_head(std::uint32_t file_size, std::int64_t width, std::int64_t height, std::uint32_t bits = 24) {
  return "BM" + number(file_size, 4, true) + number(0, 4, true) + number(54, 4, true) + number(40, 4, true) +
         number(static_cast<std::uint64_t>(width), 4, true) + number(static_cast<std::uint64_t>(height), 4, true) +
         number(1, 2, true) + number(bits, 2, true) + std::string(24, '\0');
}

inline std::string png_head(std::uint32_t width, std::uint32_t height, char depth = 8, char colours = 2) {
  return std::string("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16) + number(width, 4, false) + number(height, 4, false) + depth +
         colours + std::string(7, '\0') + std::string("\0\0\0\0IEND\xAE\x42\x60\x82", 12);
}

/// An extended WebP with a canvas of that size around the frame of `simple`.
inline std::string webp_canvas(const std::string& simple, std::uint32_t width, std::uint32_t height) {
  const std::string body = "WEBPVP8X" + number(10, 4, true) + number(0, 4, true) + number(width - 1, 3, true) +
                           number(height - 1, 3, true) + simple.substr(12);
  return "RIFF" + number(body.size(), 4, true) + body;
}

}  // namespace visionops::pipeline::test
