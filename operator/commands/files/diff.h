// `visionops diff -f FOLDER`: what manifests would change. Exit codes as diff(1) has them: 1 when something differs.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_diff(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
