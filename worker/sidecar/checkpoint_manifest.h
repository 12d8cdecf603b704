// <checkpoint_path>/epoch-NNNN.json: a checkpoint without it does not exist.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/fields.h"

namespace visionops::sidecar {

struct CheckpointManifest {
  std::string owner_uid;  ///< of the TrainingJob
  std::int64_t run = 0;
  std::string identity;  ///< of the run: contract::RunOwner::identity
  std::int32_t epoch = 0;
  std::string file;  ///< beside the manifest: "epoch-0007.pt"
  std::int64_t bytes = 0;
  std::string sha256;
  std::map<std::string, double> metrics;
  bool best = false;   ///< the best of its run so far
  bool final = false;  ///< the last of its run

  static const Table<CheckpointManifest>& fields();
};

/// "epoch-0007", the name of checkpoint and manifest without their endings.
std::string checkpoint_stem(std::int32_t epoch);
/// The epoch of "FOLDER/epoch-0007ENDING"; nullopt for other names.
std::optional<std::int32_t> epoch_of(const std::string& path, const std::string& ending);

std::string encode(const CheckpointManifest& manifest);
std::optional<CheckpointManifest> decode_manifest(const std::string& text);

}  // namespace visionops::sidecar
