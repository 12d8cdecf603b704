// The files of one Pod on its node: <data>/pods/<uid>/.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace visionops::local {

class PodFolder {
 public:
  PodFolder(const std::filesystem::path& pods, const std::string& uid) : root_(pods / uid) {}

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  /// The volume that worker and sidecar share, $VISIONOPS_POD_DIR.
  [[nodiscard]] std::filesystem::path volume() const { return root_ / "volume"; }
  [[nodiscard]] std::filesystem::path log(const std::string& container) const { return root_ / (container + ".log"); }
  /// What was cut off the log when it grew too large.
  [[nodiscard]] std::filesystem::path old_log(const std::string& container) const {
    return root_ / (container + ".log.1");
  }
  [[nodiscard]] std::filesystem::path termination(const std::string& container) const {
    return root_ / (container + ".termination");
  }
  [[nodiscard]] std::filesystem::path token() const { return root_ / "token"; }

  /// Folder and volume, readable for this user alone; the token file with mode 0600.
  [[nodiscard]] Status create(const std::string& token_text) const;
  /// All of it; nothing when it is gone already. Links inside are removed, never followed.
  [[nodiscard]] Status remove() const;

 private:
  std::filesystem::path root_;
};

}  // namespace visionops::local
