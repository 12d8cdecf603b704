// What our own variables say, and where the result goes.
#pragma once

#include <filesystem>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "worker/contract/run_result.h"
#include "worker/exec/process/supervisor.h"

namespace visionops::exec {

inline constexpr const char* kSilenceEnv = "VISIONOPS_SILENCE_SECONDS";
inline constexpr const char* kGraceEnv = "VISIONOPS_GRACE_SECONDS";

/// The variable, or `fallback` where it is absent or empty.
std::string variable_or(const char* name, const char* fallback);
/// Its bounds of time; Invalid names the variable that is no number of seconds.
Result<Watch> read_bounds();
/// Keeps room for the result: a trainer may fill the disk, and that has to be told.
void reserve_termination_log();
/// Into $VISIONOPS_TERMINATION_LOG, or /dev/termination-log where a container runtime has mounted it.
void write_termination_log(const contract::RunResult& result);
/// exit.json in `folder`: how the process ended and what it used, for whoever looks for the cause.
void write_exit_record(const std::filesystem::path& folder, const Ending& ending);

}  // namespace visionops::exec
