// `visionops describe KIND NAME`: the state of one resource with its conditions and events.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_describe(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
