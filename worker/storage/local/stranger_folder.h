// Reading a folder that somebody writes whom nobody trusts: the one a trainer shares with its sidecar.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/posix/file_descriptor.h"
#include "base/result.h"
#include "worker/storage/storage_client.h"

namespace visionops::storage {

inline constexpr std::int64_t kMostUnwrittenBytes = std::int64_t{256} << 20;  ///< of holes in a file

/// Like open_local_store, and each file that is opened must be the writer's own: open_file_of_stranger. The folder
/// stays the one that was opened, whatever its name leads to later; a link in place of it is refused.
Result<std::shared_ptr<StorageClient>> open_stranger_folder(const std::string& directory);

/// As open_regular_file. Invalid also for a file with several names, of which one may be elsewhere (a hard link), and
/// for one that belongs neither to the owner of its folder nor to us, and for one with more than kMostUnwrittenBytes of
/// which more than 3 of 4 bytes were never written: no quota holds what such a file claims.
Result<FileDescriptor> open_file_of_stranger(int directory, const std::string& path);

}  // namespace visionops::storage
