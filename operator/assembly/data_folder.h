// The options that every subcommand on the embedded cluster shares.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace visionops::commands {

struct DataFolder {
  std::string path = ".visionops";
  std::string namespace_ = "default";
  bool namespace_given = false;  ///< on the command line: then manifests must not say another

  /// As messages name it.
  [[nodiscard]] std::filesystem::path absolute() const;
  /// " --data FOLDER" behind a command that somebody is told to call; empty where it is the default.
  [[nodiscard]] std::string flag() const;
};

/// --data (env VISIONOPS_DATA) and --namespace.
void add_data_options(CLI::App& command, DataFolder& folder);

/// NotFound, with the way out, when the folder has no embedded cluster. Makes nothing.
Status check_cluster_is_there(const DataFolder& folder);

/// Prints "error: ..." and gives the exit code of its class (contract/exit_code.h).
int report(const Error& error);

}  // namespace visionops::commands
