// The size that the first directory of a TIFF file gives (TIFF 6.0, sections 2 and 8). PURE.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace visionops::annotations {

/// What the directory says; fields that are not there, or are no single number, are 0. Of a field that stands twice the
/// first counts, as in libtiff.
struct TiffSize {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t orientation = 0;
};

bool is_tiff(std::string_view bytes);
/// `prefix`: the first bytes of a TIFF file, at least 8. nullopt: the directory stands behind them.
std::optional<TiffSize> read_tiff_size(std::string_view prefix);

/// Where in the file the first directory stands. `prefix` has at least 8 bytes.
std::uint32_t tiff_directory(std::string_view prefix);
/// A TIFF up to its directory, which follows at once: with the bytes of the directory of `prefix` behind it, it is read
/// as that file is.
std::string tiff_before_directory(std::string_view prefix);

}  // namespace visionops::annotations
