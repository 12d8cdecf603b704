// Whether a program holds a signal back, to take it when it is ready.
#pragma once

#include <sys/types.h>

#include <string_view>

#include "base/clock.h"

namespace visionops::sidecar {

/// `status`: of /proc/PID/status (proc(5), SigBlk). PURE.
bool blocks_signal(std::string_view status, int signal);

/// True as soon as the main thread of `pid` blocks `signal`; false when it does not within `limit` or is gone. The
/// first process of a container loses a signal that comes before it has asked for it (pid_namespaces(7)).
bool await_signal_block(pid_t pid, int signal, Duration limit);

}  // namespace visionops::sidecar
