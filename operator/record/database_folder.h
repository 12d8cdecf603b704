// The folder of a private database: who may enter it, and who owns it right now.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"

namespace visionops::record {

/// Makes `folder` with mode 0700 for `owner`, or takes one that is there and is a real folder of ours or
/// theirs. Invalid when it belongs to somebody else.
Status make_private_folder(const std::filesystem::path& folder, uid_t owner, gid_t group);

/// flock on a file of the folder: two owners would fight over one server. Held by the file description, so
/// it goes with the process; not inherited by the server.
class FolderLock {
 public:
  /// Conflict when another process has it.
  static Result<std::unique_ptr<FolderLock>> take(const std::filesystem::path& folder);
  explicit FolderLock(int fd) : fd_(fd) {}
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int fd_;
};

/// Empty when the file is not there.
std::string first_line_of(const std::filesystem::path& file);
/// Of the last 4 KiB; empty when the file is not there.
std::string last_line_of(const std::filesystem::path& file);

}  // namespace visionops::record
