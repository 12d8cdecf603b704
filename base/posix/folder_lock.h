// One process owns a folder: flock(2) on a file in it that names the owner.
#pragma once

#include <filesystem>

#include "base/posix/file_descriptor.h"
#include "base/result.h"

namespace visionops {

/// Held until destruction or death of the process, kill -9 included: the kernel drops the lock. Children do not
/// inherit it.
class FolderLock {
 public:
  /// `file` is made with mode 0600 when it is missing; a link is not followed. Conflict, "is in use by process 123",
  /// when somebody holds it; Retry for errors of the file system.
  static Result<FolderLock> acquire(const std::filesystem::path& file);

 private:
  explicit FolderLock(FileDescriptor fd) : fd_(std::move(fd)) {}
  FileDescriptor fd_;
};

}  // namespace visionops
