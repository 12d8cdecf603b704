// errno as an Error value; the only place of the room that knows the mapping.
#pragma once

#include <string>

#include "base/result.h"

namespace visionops::storage {

/// "raw/a.jpg: No such file or directory". Missing things are NotFound, links and paths that leave the
/// store Invalid, EEXIST AlreadyExists; everything else (full, read-only, I/O error) is Retry: the
/// same call may succeed when the store has recovered.
Error system_error(int code, const std::string& path);

}  // namespace visionops::storage
