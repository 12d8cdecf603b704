// Checkpoints of a run: whole files in the Pod's folder, from where the sidecar takes them to the store,
// and verified files in the store, from where a later attempt resumes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/contract/run_result.h"
#include "worker/storage/storage_client.h"

namespace visionops::train {

/// Largest checkpoint that is read.
inline constexpr std::int64_t kMaxCheckpointBytes = std::int64_t{8} << 30;

/// "epoch-0007.pt"
std::string checkpoint_name(std::int32_t epoch);

/// The bytes; Invalid when size or digest are not those of the manifest.
Result<std::string> read_stored(storage::StorageClient& store, const contract::StoredCheckpoint& checkpoint);

/// The Pod's side. Not thread-safe.
class PodCheckpoints {
 public:
  /// Makes <pod_dir>/checkpoints. The sidecar answers in `answers_dir`; empty: there is none. Errors of the file
  /// system are Retry.
  static Result<PodCheckpoints> open(const std::filesystem::path& pod_dir, const std::filesystem::path& answers_dir);

  /// The file appears whole or not at all; an older one of that name is replaced.
  Status write(const std::string& name, std::string_view bytes);
  Result<std::string> read(const std::string& name);
  /// Epochs of the files that are there, newest first.
  [[nodiscard]] std::vector<std::int32_t> epochs() const;
  /// Removes the files that are neither in `keep` nor still waiting for the sidecar.
  void sweep(const std::set<std::string>& keep);

  /// Whether a sidecar takes the files away.
  [[nodiscard]] bool has_sidecar() const;
  /// What the sidecar stored and verified for the file of that name.
  [[nodiscard]] std::optional<contract::StoredCheckpoint> acknowledged(const std::string& name) const;
  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return pod_dir_ / "checkpoints" / name; }

 private:
  PodCheckpoints(std::filesystem::path pod_dir, std::filesystem::path answers_dir,
                 std::shared_ptr<storage::StorageClient> files)
      : pod_dir_(std::move(pod_dir)), answers_dir_(std::move(answers_dir)), files_(std::move(files)) {}
  [[nodiscard]] bool answered(const std::string& name) const;
  std::filesystem::path pod_dir_;
  std::filesystem::path answers_dir_;
  std::shared_ptr<storage::StorageClient> files_;  ///< <pod_dir>/checkpoints
};

}  // namespace visionops::train
