#include "operator/commands/files/validate.h"

#include <iostream>
#include <memory>

#include "operator/commands/files/manifest_set.h"

namespace visionops::commands {

namespace {

struct ValidateOptions {
  DataFolder folder;
  ManifestOptions manifests;
};

int validate(const ValidateOptions& options) {
  auto set = read_manifest_set(options.manifests, options.folder);
  const auto trials = try_out(set, options.folder);
  if (!trials) return report(trials.error());
  for (const auto& trial : *trials) std::cout << outcome_line(trial.key, "valid") << "\n";
  if (trials->empty() && set.refused.empty()) return report(invalid_error("no resources in the given files"));
  return report_all(set.refused);
}

}  // namespace

void add_validate(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("validate", "Check manifests as the cluster would, and change nothing");
  auto options = std::make_shared<ValidateOptions>();
  add_manifest_options(*command, options->manifests)->required();
  add_data_options(*command, options->folder);
  command->footer("Where the data folder has a cluster, changes of what is in it are checked, too.");
  command->callback([options, &exit_code] { exit_code = validate(*options); });
}

}  // namespace visionops::commands
