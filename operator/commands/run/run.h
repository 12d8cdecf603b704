// `visionops run -f FOLDER`: applies manifests to the embedded cluster and works until all is at rest.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_run(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
