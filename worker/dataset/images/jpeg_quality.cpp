#include "worker/dataset/images/jpeg_quality.h"

#include <algorithm>

namespace visionops::pipeline {
namespace {

// Row by row, as printed in T.81.
constexpr std::array<int, 64> kLuminance{16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,
                                         14, 13, 16, 24, 40,  57,  69,  56,  14, 17, 22, 29, 51,  87,  80,  62,
                                         18, 22, 37, 56, 68,  109, 103, 77,  24, 35, 55, 64, 81,  104, 113, 92,
                                         49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99};
constexpr std::array<int, 64> kChrominance{17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
                                           24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
                                           99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
                                           99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99};
constexpr std::array<std::uint8_t, 64> kZigzag{0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,
                                               12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
                                               35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
                                               58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

/// Whether `holds(step of the file, standard step)` for every step of every component.
template <class Compare>
bool every_step(const JpegSegments& file, int quality, Compare holds) {
  for (std::size_t c = 0; c < static_cast<std::size_t>(std::min(file.components, 4)); ++c) {
    const auto id = file.table_of_component[c];
    if (id >= file.tables.size() || !file.tables[id]) return false;
    const auto standard = standard_table(c == 0, quality);
    for (std::size_t k = 0; k < 64; ++k) {
      if (!holds((*file.tables[id])[k], standard[k])) return false;
    }
  }
  return true;
}

}  // namespace

QuantisationTable standard_table(bool luminance, int quality) {
  const int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  const auto& base = luminance ? kLuminance : kChrominance;
  QuantisationTable table{};
  for (std::size_t k = 0; k < 64; ++k) {
    table[k] = static_cast<std::uint16_t>(std::clamp((base[kZigzag[k]] * scale + 50) / 100, 1, 255));
  }
  return table;
}

bool as_coarse_as(const JpegSegments& file, int quality) {
  return every_step(file, quality, [](auto step, auto standard) { return step >= standard; });
}

int quality_of(const JpegSegments& file) {
  int low = 1;
  int high = 100;
  while (low < high) {  // finer steps with every quality: the predicate is monotonous
    const int middle = (low + high) / 2;
    if (every_step(file, middle, [](auto step, auto standard) { return standard <= step; })) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

}  // namespace visionops::pipeline
