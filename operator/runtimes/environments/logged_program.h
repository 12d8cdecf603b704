// A program of somebody else's whose words go into a file.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace visionops::runtimes {

struct LoggedProgram {
  std::vector<std::string> words;  ///< the program, found along PATH, and its arguments
  std::filesystem::path log;       ///< its stdout and stderr are added here; empty: they are dropped
  std::function<void()> tick;      ///< called some times a second while it runs; may be empty
};

/// Its exit code, 128 + signal when a signal ended it, 127 when it could not be started. It has our environment, Ctrl-C
/// reaches it as it reaches us, and it ends when we do. NotFound: there is no such program.
Result<int> run_logged(const LoggedProgram& program);

/// Where it lies along PATH; empty: nowhere.
std::string program_in_path(const std::string& name);

}  // namespace visionops::runtimes
