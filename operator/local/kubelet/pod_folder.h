// The files of one Pod on its node: <data>/pods/<uid>/.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace visionops::local {

class PodFolder {
 public:
  PodFolder(const std::filesystem::path& pods, const std::string& uid) : root_(pods / uid) {}

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  /// The volumes of worker/contract/pod_folders.h: $VISIONOPS_POD_DIR, ...
  [[nodiscard]] std::filesystem::path volume() const { return root_ / "volume"; }
  /// ... $VISIONOPS_ANSWERS_DIR ...
  [[nodiscard]] std::filesystem::path answers() const { return root_ / "answers"; }
  /// ... and $VISIONOPS_SIDECAR_DIR. No variable of a worker tells of it.
  [[nodiscard]] std::filesystem::path sidecar() const { return root_ / "sidecar"; }
  [[nodiscard]] std::filesystem::path log(const std::string& container) const { return root_ / (container + ".log"); }
  /// What was cut off the log when it grew too large.
  [[nodiscard]] std::filesystem::path old_log(const std::string& container) const {
    return root_ / (container + ".log.1");
  }
  /// Each container has its own, in a folder of its own.
  [[nodiscard]] std::filesystem::path termination(const std::string& container) const {
    return root_ / "containers" / container / "termination";
  }
  /// For the sidecar alone.
  [[nodiscard]] std::filesystem::path token() const { return root_ / "token"; }

  /// The folders, readable for this user alone; the token file with mode 0600.
  [[nodiscard]] Status create(const std::string& token_text, const std::vector<std::string>& containers) const;
  /// All of it; nothing when it is gone already. Links inside are removed, never followed.
  [[nodiscard]] Status remove() const;

 private:
  std::filesystem::path root_;
};

}  // namespace visionops::local
