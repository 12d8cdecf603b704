// `visionops logs KIND/NAME`: what the newest Pod of a resource wrote.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_logs(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
