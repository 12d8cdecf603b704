// `visionops delete KIND NAME`: removes a resource of the embedded cluster, and what it owns.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_delete(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
