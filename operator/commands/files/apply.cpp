#include "operator/commands/files/apply.h"

#include <iostream>
#include <memory>

#include "operator/assembly/folder_cluster.h"
#include "operator/commands/files/manifest_set.h"

namespace visionops::commands {

namespace {

struct ApplyOptions {
  DataFolder folder;
  ManifestOptions manifests;
  bool keep_going = false;
};

int apply(const ApplyOptions& options) {
  auto set = read_manifest_set(options.manifests, options.folder);
  const auto trials = try_out(set, options.folder);
  if (!trials) return report(trials.error());
  if (!set.refused.empty() && !options.keep_going) {
    std::cerr << "Nothing was applied (--keep-going applies the others).\n";
    return report_all(set.refused);
  }
  const auto cluster = FolderCluster::open(options.folder, Access::Write);
  if (!cluster) return report(cluster.error());
  auto applied = apply_set(set, options.folder, (*cluster)->api());
  if (!applied.changed && applied.refused.empty())
    std::cout << "All " << applied.keys.size() << " resources are unchanged.\n";
  if ((*cluster)->owner() == 0 && applied.changed)
    std::cout << "No process works on " << (*cluster)->folder().string() << "; start one with: visionops run\n";
  set.refused.insert(set.refused.end(), applied.refused.begin(), applied.refused.end());
  return report_all(set.refused);
}

}  // namespace

void add_apply(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("apply", "Apply manifests without waiting for what comes of them");
  auto options = std::make_shared<ApplyOptions>();
  add_manifest_options(*command, options->manifests)->required();
  command->add_flag("--keep-going", options->keep_going, "Apply the good manifests, though others are refused");
  add_data_options(*command, options->folder);
  command->callback([options, &exit_code] { exit_code = apply(*options); });
}

}  // namespace visionops::commands
