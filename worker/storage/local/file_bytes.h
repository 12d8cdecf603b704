// Moving bytes between open files, hashed on the way.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "worker/storage/beneath/new_file.h"
#include "worker/storage/storage_client.h"

namespace visionops::storage {

/// Hands everything from the start of `fd` to `consume` in chunks of at most `chunk` bytes.
/// `path` is for messages.
Status for_each_chunk(int fd, const std::string& path, std::size_t chunk,
                      const std::function<Status(std::string_view)>& consume);

/// Size and SHA-256 of everything in `fd`, from its start.
Result<StoredFile> digest_of_open_file(int fd, const std::string& path);

/// Fills `target` with the bytes of `source`: shares the blocks (FICLONE: Btrfs, XFS) where the file system
/// can, else reads and writes. copy_file_range would not save the read, the digest needs every byte.
Result<StoredFile> copy_open_file(int source, NewFile& target, const std::string& path);

}  // namespace visionops::storage
