// `visionops top`: what the processes of running Pods use of this machine.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_top(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
