#include "worker/sidecar/checkpoint_manifest.h"

#include "base/fields/field_table.h"
#include "worker/contract/checkpoint_name.h"

namespace visionops::sidecar {

const Table<CheckpointManifest>& CheckpointManifest::fields() {
  static const Table<CheckpointManifest> table{
      field("ownerUid", &CheckpointManifest::owner_uid, "TrainingJob that made it.").required(),
      field("run", &CheckpointManifest::run, "Run of the TrainingJob.").required(),
      field("identity", &CheckpointManifest::identity, "Digest of uid, run, spec and pinned inputs.").max_length(64),
      field("epoch", &CheckpointManifest::epoch, "Epoch after which it was written.").required().min(0),
      field("file", &CheckpointManifest::file, "Name of the checkpoint beside this file.").required().max_length(255),
      field("bytes", &CheckpointManifest::bytes, "Size.").required().min(0),
      field("sha256", &CheckpointManifest::sha256, "Digest as read back from the store.").required().max_length(64),
      field("metrics", &CheckpointManifest::metrics, "Metrics of that epoch."),
      field("best", &CheckpointManifest::best, "Whether it is the best of its run so far.").always(),
      field("final", &CheckpointManifest::final, "Whether it is the last of its run.").always(),
  };
  return table;
}

bool CheckpointManifest::resumable() const {
  const auto name = contract::parse_checkpoint_name(file);
  return name && name->resumable;
}

std::string manifest_name(const CheckpointManifest& manifest) {
  return contract::checkpoint_stem(manifest.epoch, manifest.resumable()) + std::string(contract::kManifestEnding);
}

bool is_manifest(const std::string& path) {
  const auto name = contract::parse_checkpoint_name(path);
  return name && name->ending == contract::kManifestEnding;
}

std::string encode(const CheckpointManifest& manifest) { return encode_text(manifest) + "\n"; }

std::optional<CheckpointManifest> decode_manifest(const std::string& text) {
  Problems problems;
  auto manifest = decode_text<CheckpointManifest>(text, "", problems);
  if (!problems.empty()) return std::nullopt;
  const auto name = contract::parse_checkpoint_name(manifest.file);
  if (!name || name->epoch != manifest.epoch || manifest.file.find('/') != std::string::npos) return std::nullopt;
  return manifest;
}

}  // namespace visionops::sidecar
