// Where a container leaves its termination message.
#pragma once

#include <string>

#include "base/result.h"
#include "worker/contract/sidecar_word.h"

namespace visionops::sidecar {

/// Into `path`; without one into /dev/termination-log, when a container runtime has put it there: by hand there is
/// none, and nothing is written.
Status say_last_word(const contract::SidecarWord& word, const std::string& path);

}  // namespace visionops::sidecar
