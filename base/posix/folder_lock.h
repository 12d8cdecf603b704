// One process owns a data folder: flock(2) on a file that names the owner.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "base/posix/file_descriptor.h"

namespace visionops::local {

/// Held until destruction or death of the process, kill -9 included: the kernel drops the lock.
class FolderLock {
 public:
  /// `file` is created when missing. Conflict, with the pid of the owner, when somebody holds it.
  static Result<FolderLock> acquire(const std::filesystem::path& file);

 private:
  explicit FolderLock(FileDescriptor fd) : fd_(std::move(fd)) {}
  FileDescriptor fd_;
};

}  // namespace visionops::local
