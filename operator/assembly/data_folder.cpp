#include "operator/assembly/data_folder.h"

#include <iostream>

namespace visionops::commands {

void add_data_options(CLI::App& command, DataFolder& folder) {
  command.add_option("--data", folder.path, "Data folder of the embedded cluster")
      ->envname("VISIONOPS_DATA")
      ->capture_default_str();
  command.add_option("-n,--namespace", folder.namespace_, "Namespace")->capture_default_str();
}

Result<std::unique_ptr<local::EmbeddedCluster>> open_view(const DataFolder& folder) {
  if (!std::filesystem::exists(std::filesystem::path(folder.path) / "cluster")) {
    return not_found_error(folder.path + ": no embedded cluster here; start one with: visionops run -f FOLDER");
  }
  static const SystemClock clock;
  local::EmbeddedClusterOptions options;
  options.data_folder = folder.path;
  options.read_only = true;
  return local::EmbeddedCluster::open(options, clock);
}

int report(const Error& error) {
  std::cerr << "error: " << error.message << "\n";
  if (error.cls == ErrorClass::Invalid) return 2;
  return error.cls == ErrorClass::NotFound ? 3 : 1;
}

}  // namespace visionops::commands
