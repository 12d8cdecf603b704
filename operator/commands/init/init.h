// `visionops init DIR`: Datasets for a folder of the user, one for each split that it holds.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_init(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
