#include "operator/assembly/data_folder.h"

#include <iostream>

#include "worker/contract/exit_code.h"

namespace visionops::commands {

std::filesystem::path DataFolder::absolute() const {
  std::error_code failure;
  auto whole = std::filesystem::absolute(path, failure).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

std::string DataFolder::flag() const { return path == DataFolder().path ? "" : " --data " + path; }

void add_data_options(CLI::App& command, DataFolder& folder) {
  command.add_option("--data", folder.path, "Data folder of the embedded cluster")
      ->envname("VISIONOPS_DATA")
      ->capture_default_str();
  command
      .add_option_function<std::string>(
          "-n,--namespace",
          [&folder](const std::string& name) {
            folder.namespace_ = name;
            folder.namespace_given = true;
          },
          "Namespace (default: default)")
      ->type_name("TEXT");
}

Status check_cluster_is_there(const DataFolder& folder) {
  std::error_code failure;
  if (std::filesystem::exists(folder.absolute() / "cluster", failure)) return {};
  return not_found_error(folder.absolute().string() +
                         ": no cluster here; start one with: visionops run -f FOLDER, or name its folder with --data");
}

int report(const Error& error) {
  std::cerr << "error: " << error.message << "\n";
  return static_cast<int>(contract::exit_code_of(error.cls));
}

}  // namespace visionops::commands
