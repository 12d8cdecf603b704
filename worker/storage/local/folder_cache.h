// Open folders of a store, so that writing 100,000 files into one folder resolves its path once.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/mutex.h"
#include "base/posix/file_descriptor.h"
#include "base/result.h"

namespace visionops::storage {

/// Thread-safe. Bounded: at most kFolders descriptors are held.
class FolderCache {
 public:
  /// `root` must stay open as long as this object lives.
  explicit FolderCache(int root) : root_(root) {}

  /// The folder for writing; it is created when missing, and abandoned temporary files in it are swept
  /// the first time.
  Result<std::shared_ptr<FileDescriptor>> for_writing(const std::string& folder);
  /// Forgets a folder that turned out to be removed.
  void forget(const std::string& folder);

 private:
  static constexpr std::size_t kFolders = 64;
  int root_;
  Mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<FileDescriptor>> open_ VISIONOPS_GUARDED_BY(mutex_);
  std::unordered_set<std::string> swept_ VISIONOPS_GUARDED_BY(mutex_);
};

}  // namespace visionops::storage
