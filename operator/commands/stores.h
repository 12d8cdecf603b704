// `visionops stores`: where the files of a data folder lie.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_stores(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
