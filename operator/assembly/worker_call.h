// A short piece of work that only the worker's program can do, on the stores of a data folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace visionops::commands {

struct WorkerAnswer {
  int exit_code = 0;   ///< of contract/exit_code.h
  std::string output;  ///< its stdout, at most 4 MiB; stderr is ours
};

/// Calls visionops-worker beside this program and waits for its end. Ctrl-C reaches it as it reaches us. NotFound when
/// there is none.
Result<WorkerAnswer> call_worker(const std::vector<std::string>& arguments, const std::filesystem::path& data);

}  // namespace visionops::commands
