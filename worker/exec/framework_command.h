// The command of a run: its words, its variables and its folder, filled in.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "worker/contract/framework_run.h"
#include "worker/contract/framework_words.h"
#include "worker/contract/prepared_run.h"
#include "worker/exec/process/child.h"

namespace visionops::exec {

/// Whether the run goes on from a checkpoint.
bool goes_on(const contract::FrameworkRun& run, const contract::PreparedRun& prepared);
/// `inherited` are our own variables. NotFound: the program is not in this image. Invalid: no word is left.
Result<Command> framework_command(const contract::FrameworkRun& run, const contract::PreparedRun& prepared,
                                  const std::filesystem::path& job, char** inherited);

}  // namespace visionops::exec
