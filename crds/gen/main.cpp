// visionops-crds: writes the CRDs, the reference and the rights of the chart. Same tables, same bytes.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/cli/program.h"
#include "base/json.h"
#include "base/result.h"
#include "base/yaml/yaml_emit.h"
#include "crds/gen/crd.h"
#include "crds/gen/reference.h"
#include "crds/gen/rights.h"
#include "worker/contract/exit_code.h"

namespace {

namespace fs = std::filesystem;
using visionops::Status;

Status write_file(const fs::path& path, const std::string& text) {
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) return visionops::internal_error("cannot write " + path.string());
  return {};
}

Status write_crds(const fs::path& folder) {
  for (const auto& resource : visionops::crds::resources()) {
    const std::string yaml = visionops::to_yaml(visionops::crds::custom_resource_definition(resource));
    const std::string head = "# Written by visionops-crds from the field tables; do not edit.\n";
    if (auto status = write_file(folder / (crd_name(resource) + ".yaml"), head + yaml); !status) return status;
  }
  return {};
}

Status write_docs(const fs::path& folder) {
  for (const auto& resource : visionops::crds::resources()) {
    std::string name = resource.plural;
    name.pop_back();
    if (auto status = write_file(folder / (name + ".md"), resource_reference(resource)); !status) return status;
  }
  if (auto status = write_file(folder / "manipulators.md", visionops::crds::manipulator_reference()); !status) {
    return status;
  }
  if (auto status = write_file(folder / "formats.md", visionops::crds::format_reference()); !status) return status;
  if (auto status = write_file(folder / "configuration.md", visionops::crds::configuration_reference()); !status) {
    return status;
  }
  if (auto status = write_file(folder / "rights.md", visionops::crds::rights_reference()); !status) return status;
  if (auto status = write_file(folder / "training-tasks.md", visionops::crds::training_task_reference()); !status) {
    return status;
  }
  return write_file(folder / "exit-codes.md", visionops::crds::exit_code_reference());
}

Status write_chart(const fs::path& folder) {
  return write_file(folder / "_rights.tpl", visionops::crds::rights_template());
}

constexpr int kUnwritten = static_cast<int>(visionops::contract::ExitCode::StorageFailure);

/// Says why not.
bool written(const std::string& folder, Status (*write)(const fs::path&)) {
  if (folder.empty()) return true;
  const auto status = write(folder);
  if (!status) std::cerr << status.error().message << '\n';
  return status.ok();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Writes the CustomResourceDefinitions, the reference and the rights of VisionOps.", "visionops-crds");
  std::string output;
  std::string docs;
  std::string chart;
  app.add_option("--output", output, "Folder for *.visionops.dev.yaml");
  app.add_option("--docs", docs, "Folder for the field reference (*.md)");
  app.add_option("--chart", chart, "Folder for the templates of the chart (_rights.tpl)");
  app.require_option(1, 3);
  int exit_code = 0;
  app.callback([&] {
    exit_code =
        written(output, write_crds) && written(docs, write_docs) && written(chart, write_chart) ? 0 : kUnwritten;
  });
  return visionops::cli::run_program(app, argc, argv, {VISIONOPS_VERSION}, exit_code);
}
