// `visionops events`: what the operator has said of resources, oldest first.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_events(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
