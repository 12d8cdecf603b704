// Starting a server as a child that cannot outlive the thread that started it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "operator/record/service_account.h"

namespace visionops::record {

struct ServerCommand {
  std::string program;  ///< absolute path
  std::vector<std::string> arguments;
  int output = -1;                        ///< open file for stdout and stderr
  int death_signal = 0;                   ///< sent to the child when the starting thread ends
  std::optional<ServiceAccount> account;  ///< whom to become; needs root
  /// Keeps the right to pass through folders the account may not search, and no other right of root.
  bool keep_search_right = false;
};

/// Forks and executes in a session of its own, so that Ctrl-C of the terminal does not reach it. The calling
/// thread must live as long as the child shall. The environment is reduced to PATH, LC_ALL=C and HOME=/.
Result<pid_t> start_server(const ServerCommand& command);

}  // namespace visionops::record
