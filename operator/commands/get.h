// `visionops get [KIND [NAME]]`: resources of the embedded cluster, as kubectl shows them.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_get(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
