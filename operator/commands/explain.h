// `visionops explain trainingjob.spec.resources`: what a field means.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_explain(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
