// A folder as one file: POSIX ustar, uncompressed. Equal folders give equal bytes: sorted, without times and owners.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace visionops::exec {

/// The header of a regular file of mode 0644, 512 bytes. Invalid: a name that ustar cannot hold (more than 255 bytes,
/// or no '/' where it would have to be parted).
Result<std::string> tar_header(const std::string& name, std::int64_t size);
/// What follows a file of that size, so that the next header begins at a multiple of 512.
std::string tar_padding(std::int64_t size);
/// Two empty blocks.
std::string tar_end();

}  // namespace visionops::exec
