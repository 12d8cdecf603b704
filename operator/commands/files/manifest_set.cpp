#include "operator/commands/files/manifest_set.h"

#include <algorithm>
#include <iostream>
#include <map>

#include "operator/assembly/folder_cluster.h"
#include "worker/contract/exit_code.h"

namespace visionops::commands {

namespace {

Status check_namespace(const SoundManifest& sound, const DataFolder& folder) {
  if (!folder.namespace_given || sound.key.namespace_ == folder.namespace_) return {};
  return invalid_error(sound.manifest.where("metadata.namespace") + ": metadata.namespace: is \"" +
                       sound.key.namespace_ + "\", but -n says \"" + folder.namespace_ + "\"");
}

void take(local::Manifest manifest, const DataFolder& folder, ManifestSet& set) {
  const auto object = local::read_object(manifest, folder.namespace_);
  if (!object) {
    set.refused.push_back(object.error());
    return;
  }
  SoundManifest sound{std::move(manifest), cluster::key_of(*object)};
  if (auto same = check_namespace(sound, folder); !same) {
    set.refused.push_back(same.error());
    return;
  }
  set.sound.push_back(std::move(sound));
}

/// Which of two would win is chance, so neither does.
void refuse_twins(ManifestSet& set) {
  std::map<cluster::ObjectKey, std::vector<std::string>> places;
  for (const auto& sound : set.sound) places[sound.key].push_back(sound.manifest.where("metadata.name"));
  for (const auto& [key, where] : places) {
    if (where.size() == 1) continue;
    std::string text = to_string(key) + " stands there " + std::to_string(where.size()) + " times:";
    for (const auto& place : where) text += "\n  " + place;
    set.refused.push_back(invalid_error(text));
  }
  std::erase_if(set.sound, [&](const SoundManifest& sound) { return places[sound.key].size() > 1; });
}

}  // namespace

CLI::Option* add_manifest_options(CLI::App& command, ManifestOptions& options) {
  command.add_flag("-R,--recursive", options.recursive, "Read the folders inside the folders of -f, too");
  return command.add_option("-f,--filename,--file", options.files,
                            "YAML or JSON file, a folder of them, or - for the standard input");
}

ManifestSet read_manifest_set(const ManifestOptions& options, const DataFolder& folder) {
  ManifestSet set;
  for (const auto& file : options.files) {
    auto manifests = local::load_manifests(file, options.recursive);
    if (!manifests) {
      set.refused.push_back(manifests.error());
      continue;
    }
    for (auto& manifest : *manifests) take(std::move(manifest), folder, set);
  }
  refuse_twins(set);
  return set;
}

Result<std::vector<Trial>> try_out(ManifestSet& set, const DataFolder& folder) {
  auto copy = FolderCluster::open(folder, Access::Try);
  if (!copy) return copy.error();
  auto& api = (*copy)->api();
  std::vector<Trial> trials;
  std::erase_if(set.sound, [&](const SoundManifest& sound) {
    auto before = api.get(sound.key);
    const auto applied = local::apply_manifest(api, sound.manifest, folder.namespace_);
    auto after = api.get(sound.key);
    if (!applied || !after) {
      set.refused.push_back(applied ? after.error() : applied.error());
      return true;
    }
    trials.push_back(
        {applied->key, applied->verb, before ? std::optional(*std::move(before)) : std::nullopt, *std::move(after)});
    return false;
  });
  return trials;
}

AppliedSet apply_set(const ManifestSet& set, const DataFolder& folder, cluster::ClusterApi& api) {
  AppliedSet out;
  for (const auto& sound : set.sound) {
    const auto outcome = local::apply_manifest(api, sound.manifest, folder.namespace_);
    if (!outcome) {
      out.refused.push_back(outcome.error());
      continue;
    }
    out.keys.push_back(outcome->key);
    if (outcome->verb == "unchanged") continue;
    out.changed = true;
    std::cout << outcome_line(outcome->key, outcome->verb) << std::endl;
  }
  return out;
}

std::string outcome_line(const cluster::ObjectKey& key, const std::string& verb) {
  return std::string(kind_name(key.kind)) + "/" + key.name + " " + verb;
}

int report_all(const std::vector<Error>& refused) {
  for (const auto& error : refused) std::cerr << "error: " << error.message << "\n";
  return refused.empty() ? 0 : static_cast<int>(contract::ExitCode::InvalidInput);
}

}  // namespace visionops::commands
