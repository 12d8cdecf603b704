// Checkpoints in the Pod's folder, where the sidecar takes them from, and what it answers.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/posix/file_descriptor.h"
#include "base/result.h"
#include "worker/contract/run_result.h"

namespace visionops::exec {

class PodCheckpoints {
 public:
  /// Makes <pod_dir>/checkpoints, without what an earlier one left half written. An empty `answers_dir`: no sidecar.
  static Result<PodCheckpoints> open(const std::filesystem::path& pod_dir, const std::filesystem::path& answers_dir);

  [[nodiscard]] int folder() const { return folder_.get(); }
  /// Whether somebody takes the files away.
  [[nodiscard]] bool has_sidecar() const;
  /// Stored, or not wanted any more.
  [[nodiscard]] bool answered(const std::string& name) const;
  /// What the sidecar stored and verified for the file of that name.
  [[nodiscard]] std::optional<contract::StoredCheckpoint> acknowledged(const std::string& name) const;
  /// Size and digest of the file as it lies here, with its path here.
  [[nodiscard]] Result<contract::StoredCheckpoint> measure(const std::string& name, std::int32_t epoch) const;
  /// Removes those that are neither in `keep` nor still waited for by the sidecar.
  void sweep(const std::set<std::string>& keep) const;

 private:
  PodCheckpoints(FileDescriptor folder, std::filesystem::path path, std::filesystem::path answers)
      : folder_(std::move(folder)), path_(std::move(path)), answers_(std::move(answers)) {}
  FileDescriptor folder_;
  std::filesystem::path path_;
  std::filesystem::path answers_;
};

}  // namespace visionops::exec
