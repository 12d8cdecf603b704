// `visionops runtimes`: what trains, and whether it can train on this machine.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_runtimes(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
