// What -f names, as one value: every document read and checked before anything is done with any of them.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "operator/assembly/data_folder.h"
#include "operator/cluster/cluster_api.h"
#include "operator/manifest/manifest.h"

namespace visionops::commands {

struct ManifestOptions {
  std::vector<std::string> files;
  bool recursive = false;
};

/// -f and -R, as kubectl has them.
CLI::Option* add_manifest_options(CLI::App& command, ManifestOptions& options);

struct SoundManifest {
  local::Manifest manifest;
  cluster::ObjectKey key;
};

struct ManifestSet {
  std::vector<SoundManifest> sound;
  std::vector<Error> refused;  ///< with the absolute path of the file, line and field
};

/// Refused are documents that are no resource of ours, that say another namespace than -n, and all that name one
/// resource twice.
ManifestSet read_manifest_set(const ManifestOptions& options, const DataFolder& folder);

/// What a manifest would do.
struct Trial {
  cluster::ObjectKey key;
  std::string verb;  ///< "created", "configured", "unchanged"
  std::optional<cluster::Object> before;
  cluster::Object after;
};

/// Does it all to a copy of the cluster in memory, with every rule of its admission. What is refused there moves from
/// `sound` to `refused`.
Result<std::vector<Trial>> try_out(ManifestSet& set, const DataFolder& folder);

/// Applies the sound ones and prints a line for each that changed something.
struct AppliedSet {
  std::vector<cluster::ObjectKey> keys;
  std::vector<Error> refused;
  bool changed = false;
};
AppliedSet apply_set(const ManifestSet& set, const DataFolder& folder, cluster::ClusterApi& api);

/// "dataset/a created"
std::string outcome_line(const cluster::ObjectKey& key, const std::string& verb);

/// Prints each as "error: ..." and returns the exit code: that of a wrong manifest, or 0 when there is none.
int report_all(const std::vector<Error>& refused);

}  // namespace visionops::commands
