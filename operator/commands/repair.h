// `visionops repair`: mends a data folder whose files are damaged.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_repair(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
