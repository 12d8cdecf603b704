// `visionops sql QUERY`: asks the history of the embedded cluster.
#pragma once

#include <CLI/CLI.hpp>

namespace visionops::commands {

void add_sql(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
