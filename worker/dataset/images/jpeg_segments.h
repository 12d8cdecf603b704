// The marker segments of a JPEG file (ITU-T T.81, annex B), read without decoding: sizes, scans, tables,
// EXIF orientation (CIPA DC-008, tag 0x0112) and ICC profile. Every offset is checked: the bytes are untrusted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace visionops::pipeline {

using QuantisationTable = std::array<std::uint16_t, 64>;  ///< zigzag order

struct JpegSegments {
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::int32_t components = 0;
  std::int32_t scans = 0;
  std::int64_t samples = 0;         ///< of all components, whole blocks: a decoder keeps two bytes for each, or one
  bool keeps_coefficients = false;  ///< progressive, or a first scan that has not all components: decoded as a whole
  std::int32_t orientation = 1;     ///< EXIF 1..8; 1 when there is no tag
  bool adobe = false;               ///< has Adobe's segment, which says how colours are stored
  bool ends = false;                ///< an EOI marker was found
  std::array<std::optional<QuantisationTable>, 4> tables;
  std::array<std::uint8_t, 4> table_of_component{};
  std::vector<std::string_view> icc;  ///< whole APP2 segments with marker; point into the bytes given
};

bool looks_like_jpeg(std::string_view bytes);
enum class JpegExtent : std::uint8_t { Whole, ToFirstScan };
/// Invalid when the file has no frame header or more than one, or a segment runs over the end of the file.
/// ToFirstScan: the frame and the tables, without a look at the picture data; `scans` is at most 1.
Result<JpegSegments> read_jpeg_segments(std::string_view bytes, JpegExtent extent = JpegExtent::Whole);
/// `jpeg` with the ICC segments put after its JFIF header.
std::string with_icc(std::string_view jpeg, const std::vector<std::string_view>& icc);

}  // namespace visionops::pipeline
