// `visionops rerun`, `suspend`, `resume`: what a user otherwise writes into a manifest or an annotation.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_steer(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
