// The command of a run: its words, its variables and its folder, filled in.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "worker/contract/framework_run.h"
#include "worker/contract/framework_words.h"
#include "worker/contract/prepared_run.h"
#include "worker/exec/process/child.h"

namespace visionops::exec {

/// resume_command where there is one and a checkpoint to go on from, else command. `inherited` are our own variables.
/// NotFound: the program is not in this image. Invalid: no word is left.
Result<Command> framework_command(const contract::FrameworkRun& run, const contract::PreparedRun& prepared,
                                  const std::filesystem::path& job, char** inherited);

}  // namespace visionops::exec
