// One header of a POSIX tar (ustar, pax(1) in POSIX.1-2001). PURE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace visionops::checkpoints {

inline constexpr std::size_t kTarBlock = 512;

struct TarHeader {
  std::string path;  ///< without a slash at its end
  std::uint64_t size = 0;
  char type = '0';  ///< '0' file, '5' folder, what else pax(1) knows
};

bool looks_like_tar(std::string_view block);
/// Of a block of kTarBlock bytes; nullopt for one of zeros, which ends the archive. Invalid for a wrong checksum, and
/// for numbers that are none.
Result<std::optional<TarHeader>> read_tar_header(std::string_view block);

}  // namespace visionops::checkpoints
