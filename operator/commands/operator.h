// `visionops operator`: reconciles the resources of a Kubernetes cluster until it is told to stop.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

/// Exit codes: 0 stopped as asked, 1 lost its Lease or a part of it failed, 2 wrong configuration.
void add_operator(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
