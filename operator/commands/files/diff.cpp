#include "operator/commands/files/diff.h"

#include <iostream>
#include <memory>

#include "base/json.h"
#include "base/yaml/yaml_emit.h"
#include "operator/commands/files/manifest_set.h"
#include "operator/commands/files/text_diff.h"
#include "worker/contract/exit_code.h"

namespace visionops::commands {

namespace {

struct DiffOptions {
  DataFolder folder;
  ManifestOptions manifests;
};

/// What a manifest says of an object: the rest is not the user's.
std::string users_part(const cluster::Object& object) {
  const Json json = cluster::encode(object);
  Json part{{"spec", json.value("spec", Json::object())}};
  for (const char* key : {"labels", "annotations"}) {
    if (const auto it = json.at("metadata").find(key); it != json.at("metadata").end()) part["metadata"][key] = *it;
  }
  return to_yaml(part);
}

bool print_difference(const Trial& trial) {
  const auto lines = text_diff(trial.before ? users_part(*trial.before) : "", users_part(trial.after));
  if (lines.empty()) return false;
  const std::string name = to_string(trial.key);
  std::cout << "--- " << (trial.before ? name : "/dev/null") << "\n+++ " << name << "\n";
  for (const auto& line : lines) std::cout << line << "\n";
  return true;
}

int diff(const DiffOptions& options) {
  auto set = read_manifest_set(options.manifests, options.folder);
  const auto trials = try_out(set, options.folder);
  if (!trials) return report(trials.error());
  bool differs = false;
  for (const auto& trial : *trials) differs = print_difference(trial) || differs;
  if (const int code = report_all(set.refused); code != 0) return code;
  return static_cast<int>(differs ? contract::ExitCode::Unfinished : contract::ExitCode::Done);
}

}  // namespace

void add_diff(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("diff", "Show what manifests would change");
  auto options = std::make_shared<DiffOptions>();
  add_manifest_options(*command, options->manifests)->required();
  add_data_options(*command, options->folder);
  command->footer("Exit code 0: nothing differs, 1: something does.");
  command->callback([options, &exit_code] { exit_code = diff(*options); });
}

}  // namespace visionops::commands
