// What a subcommand reads from its environment.
#pragma once

#include <string>

#include "base/result.h"
#include "worker/contract/run_spec.h"

namespace visionops::commands {

/// The run in `file`, or in $VISIONOPS_RUN when that is ""; Invalid names the fields that are wrong.
Result<contract::RunSpec> read_run_spec(const std::string& file = {});

}  // namespace visionops::commands
