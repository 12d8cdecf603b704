// The termination message: how a finished container tells the operator its result.
#pragma once

#include "worker/contract/run_result.h"

namespace visionops::commands {

/// Writes to $VISIONOPS_TERMINATION_LOG, or to /dev/termination-log where a container runtime has mounted it.
/// With the identity of the run in $VISIONOPS_RUN. Called by hand there is neither, and nothing is written. A failure
/// is reported on stderr only: the exit code says the most important thing anyway.
void write_termination_log(contract::RunResult result);

}  // namespace visionops::commands
