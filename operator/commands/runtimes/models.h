// `visionops models`: what spec.model of a TrainingJob may be.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_models(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
