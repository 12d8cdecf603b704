#include "worker/storage/local/folder_cache.h"

#include "worker/storage/beneath/new_file.h"
#include "worker/storage/beneath/open_beneath.h"

namespace visionops::storage {

Result<std::shared_ptr<FileDescriptor>> FolderCache::for_writing(const std::string& folder) {
  const MutexLock lock(mutex_);
  if (const auto found = open_.find(folder); found != open_.end()) return found->second;
  auto fd = open_folder(root_, folder, true);
  if (!fd) return fd.error();
  if (swept_.insert(folder).second) sweep_temporaries(fd->get());
  if (open_.size() >= kFolders) open_.clear();  // users of a descriptor share its ownership
  return open_[folder] = std::make_shared<FileDescriptor>(std::move(*fd));
}

void FolderCache::forget(const std::string& folder) {
  const MutexLock lock(mutex_);
  open_.erase(folder);
}

}  // namespace visionops::storage
