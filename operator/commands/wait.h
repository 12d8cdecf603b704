// `visionops wait KIND/NAME --for condition=Ready`: returns when it is so.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_wait(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
