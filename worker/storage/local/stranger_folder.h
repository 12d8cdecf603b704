// Reading a folder that somebody writes whom nobody trusts: the one a trainer shares with its sidecar.
#pragma once

#include <memory>
#include <string>

#include "base/posix/file_descriptor.h"
#include "base/result.h"
#include "worker/storage/storage_client.h"

namespace visionops::storage {

/// Like open_local_store, and each file that is opened must be the writer's own: open_file_of_stranger. The folder
/// stays the one that was opened, whatever its name leads to later; a link in place of it is refused.
Result<std::shared_ptr<StorageClient>> open_stranger_folder(const std::string& directory);

/// As open_regular_file. Invalid also for a file with several names, of which one may be elsewhere (a hard link), and
/// for one that belongs neither to the owner of its folder nor to us.
Result<FileDescriptor> open_file_of_stranger(int directory, const std::string& path);

}  // namespace visionops::storage
