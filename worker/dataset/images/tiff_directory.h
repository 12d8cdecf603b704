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
  bool preview = false;    ///< a smaller version of another picture of the file
  std::uint32_t next = 0;  ///< where the directory of the next picture stands; 0: there is none
};

/// How the first directory has its pixels written: tags 262, 277, 258 (of the first sample), 339.
struct TiffColour {
  std::uint32_t photometric = 1;
  std::uint32_t samples = 1;
  std::uint32_t bits = 1;
  std::uint32_t format = 1;  ///< 1 unsigned, 2 signed, 3 floating point
};
/// Of a whole file, at least 8 bytes; what is missing or malformed is as in TIFF 6.0 when it is missing.
TiffColour read_tiff_colour(std::string_view bytes);

bool is_tiff(std::string_view bytes);
/// `prefix`: the first bytes of a TIFF file, at least 8. nullopt: the directory stands behind them. `whole`: nothing
/// follows them; what is missing after the directory is 0 then.
std::optional<TiffSize> read_tiff_size(std::string_view prefix, bool whole = false);

/// Of a whole file, at least 8 bytes: what is wrong with it when a piece of the first picture (strip or tile) lies
/// behind its end; "" when none does.
std::string tiff_problem(std::string_view bytes);

/// Where in the file the first directory stands. `prefix` has at least 8 bytes.
std::uint32_t tiff_directory(std::string_view prefix);
/// A TIFF up to its directory, which follows at once: with the bytes of the directory of `prefix` behind it, it is read
/// as that file is.
std::string tiff_before_directory(std::string_view prefix);

}  // namespace visionops::annotations
