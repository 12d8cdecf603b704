// `visionops validate -f FOLDER`: says what is wrong with manifests, and changes nothing.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_validate(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
