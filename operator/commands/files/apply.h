// `visionops apply -f FOLDER`: hands manifests to the process that works on the folder, or keeps them for the next one.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_apply(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
