// <checkpoint_path>/epoch-NNNN.json, epoch-NNNN-model.json: a checkpoint without it does not exist.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/fields/fields.h"

namespace visionops::sidecar {

struct CheckpointManifest {
  std::string owner_uid;  ///< of the TrainingJob
  std::int64_t run = 0;
  std::string identity;  ///< of the run: contract::RunOwner::identity
  std::int32_t epoch = 0;
  std::string file;  ///< beside the manifest: "epoch-0007.pt", "epoch-0007-model.tar" (contract/checkpoint_name.h)
  std::int64_t bytes = 0;
  std::string sha256;
  std::map<std::string, double> metrics;
  bool best = false;   ///< the best of its run so far
  bool final = false;  ///< the last of its run

  /// Whether a run can go on from it; its file says so.
  [[nodiscard]] bool resumable() const;

  static const Table<CheckpointManifest>& fields();
};

/// "epoch-0007.json"
std::string manifest_name(const CheckpointManifest& manifest);
/// Whether a file of that name is a manifest.
bool is_manifest(const std::string& path);

std::string encode(const CheckpointManifest& manifest);
std::optional<CheckpointManifest> decode_manifest(const std::string& text);

}  // namespace visionops::sidecar
