// From the Pod's folder into the checkpoint store: copied, read back, listed in a manifest, old ones removed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/contract/telemetry.h"
#include "worker/sidecar/checkpoint_manifest.h"
#include "worker/storage/storage_client.h"

namespace visionops::sidecar {

/// Layout of `folder` in the store: epoch-NNNN.pt, epoch-NNNN.json (written last), best.pt (the newest best
/// again). Not thread-safe, and the only writer of its folder.
class CheckpointStore {
 public:
  /// `pod` is the Pod's folder: checkpoints/NAME is read, stored/NAME.json is written as the
  /// acknowledgement that the trainer waits for.
  CheckpointStore(std::shared_ptr<storage::StorageClient> pod, std::shared_ptr<storage::StorageClient> store,
                  std::string folder, std::int32_t keep, contract::RunOwner owner);

  /// Stores one checkpoint; storing it again changes nothing. When the trainer's file is gone and the
  /// acknowledgement exists, that is the result. NotFound: neither is there. Retry: the store failed.
  Result<contract::StoredCheckpoint> store(const contract::CheckpointWritten& written);
  /// Removes the trainer's file of a checkpoint that will not be stored.
  void discard(const contract::CheckpointWritten& written);

 private:
  Result<std::string> copy_verified(const std::string& source, const std::string& target, std::int64_t& bytes);
  Result<contract::StoredCheckpoint> acknowledged(const std::string& file);
  Status acknowledge(const std::string& file, const contract::StoredCheckpoint& stored);
  Result<std::vector<CheckpointManifest>> manifests();
  Status write_manifest(const CheckpointManifest& manifest);
  Status demote_other_bests(std::int32_t epoch);
  Status remove_old(std::int32_t current);
  [[nodiscard]] std::string path_of(const std::string& name) const { return folder_ + "/" + name; }

  std::shared_ptr<storage::StorageClient> pod_;
  std::shared_ptr<storage::StorageClient> store_;
  std::string folder_;
  std::size_t keep_;
  contract::RunOwner owner_;
};

}  // namespace visionops::sidecar
