// The options that every subcommand on the embedded cluster shares.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "operator/local/embedded_cluster.h"

namespace visionops::commands {

struct DataFolder {
  std::string path = ".visionops";
  std::string namespace_ = "default";
};

/// --data (env VISIONOPS_DATA) and --namespace.
void add_data_options(CLI::App& command, DataFolder& folder);

/// A view of the embedded cluster that never writes; works beside a running `visionops run`.
Result<std::unique_ptr<local::EmbeddedCluster>> open_view(const DataFolder& folder);

/// Prints "error: ..." and gives the exit code of the class: 2 invalid, 3 not found, 1 otherwise.
int report(const Error& error);

}  // namespace visionops::commands
