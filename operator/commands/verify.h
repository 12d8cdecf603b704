// `visionops verify NAME`: reads the files of Datasets again and tells what differs.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_verify(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
