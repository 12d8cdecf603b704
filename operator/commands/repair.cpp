#include "operator/commands/repair.h"

#include <iostream>
#include <memory>

#include "operator/assembly/folder_cluster.h"

namespace visionops::commands {

namespace {

int repair(const DataFolder& folder) {
  const auto losses = repair_cluster(folder);
  if (!losses) return report(losses.error());
  if (losses->backup.empty()) {
    std::cout << "The files of " << folder.absolute().string() << " are in order: nothing to do.\n";
    return 0;
  }
  std::cout << "Saved " << losses->records << " writes. Lost: " << losses->missing << " writes whose number is known, "
            << losses->bytes << " bytes in " << losses->places << " places.\n"
            << "The damaged files are kept in " << losses->backup.string() << "\n"
            << "Resources may be missing, or older than they were: look with `visionops get" << folder.flag()
            << "` and apply the manifests again. Files in the stores were not touched.\n";
  return 0;
}

}  // namespace

void add_repair(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("repair", "Save what can be read of a data folder that is refused as damaged");
  auto folder = std::make_shared<DataFolder>();
  command->add_option("--data", folder->path, "Data folder of the embedded cluster")
      ->envname("VISIONOPS_DATA")
      ->capture_default_str();
  command->footer("A copy of the damaged files is kept. What is in order is not touched.");
  command->callback([folder, &exit_code] { exit_code = repair(*folder); });
}

}  // namespace visionops::commands
