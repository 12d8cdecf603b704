// From the Pod's folder into the checkpoint store: copied, read back, listed in a manifest, old ones removed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/contract/sidecar_word.h"
#include "worker/contract/telemetry.h"
#include "worker/sidecar/checkpoint_manifest.h"
#include "worker/storage/storage_client.h"

namespace visionops::sidecar {

/// Layout of `folder` in the store: epoch-NNNN.pt, epoch-NNNN.json (written last), best.pt (the newest best
/// again), with the ending of the trainer's file; epoch-NNNN-model.pt for a model from which no run can go on; beside
/// the runs an index of digests (contract/checkpoint_index.h). The trainer writes `pod` and nothing
/// else. Not thread-safe, and the only writer of its folder.
class CheckpointStore {
 public:
  /// checkpoints/NAME is read in `pod`; in `answers` stored/NAME.json is written as the acknowledgement that the
  /// trainer waits for, and skipped/NAME when it need not wait (worker/contract/pod_folders.h).
  CheckpointStore(std::shared_ptr<storage::StorageClient> pod, std::shared_ptr<storage::StorageClient> answers,
                  std::shared_ptr<storage::StorageClient> store, std::string folder, std::int32_t keep,
                  contract::RunOwner owner);

  /// Stores one checkpoint; storing it again changes nothing. When the trainer's file is gone and the
  /// acknowledgement exists, that is the result. NotFound: neither is there. Retry: the store failed.
  Result<contract::StoredCheckpoint> store(const contract::CheckpointWritten& written);
  /// Tells the trainer that a checkpoint will not be stored, so that it can remove its file.
  void skip(const contract::CheckpointWritten& written);
  /// Puts what the trainer said until now beside its checkpoints (kept_log.h).
  Status keep_log();
  /// The final checkpoint of this run and its best one, hashed as they lie in the store now.
  contract::SidecarWord read_back();

 private:
  Result<std::string> copy_verified(const std::string& source, const CheckpointManifest& target, std::int64_t& bytes);
  Result<contract::StoredCheckpoint> acknowledged(const std::string& file);
  Status acknowledge(const std::string& file, const contract::StoredCheckpoint& stored);
  Result<std::vector<CheckpointManifest>> manifests();
  Result<contract::StoredCheckpoint> read_back(const CheckpointManifest& manifest);
  Status write_manifest(const CheckpointManifest& manifest);
  Status index(const contract::StoredCheckpoint& stored);
  void drop_from_index(const CheckpointManifest& manifest);
  Status mark_best(const CheckpointManifest& manifest);
  Status demote_other_bests(const std::string& file);
  Status remove_old(const std::string& current);
  [[nodiscard]] std::string path_of(const std::string& name) const { return folder_ + "/" + name; }

  std::shared_ptr<storage::StorageClient> pod_;
  std::shared_ptr<storage::StorageClient> answers_;
  std::shared_ptr<storage::StorageClient> store_;
  std::string folder_;
  std::size_t keep_;
  contract::RunOwner owner_;
};

}  // namespace visionops::sidecar
