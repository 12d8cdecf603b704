// A file of a store in the Pod's folder, with the bytes that were promised.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "worker/storage/storage_client.h"

namespace visionops::prepare {

struct Promise {
  std::string sha256;       ///< empty: not compared
  std::int64_t bytes = -1;  ///< -1: not compared
};

/// Copies `path` to `folder`/`name`, which is hashed on the way, and returns that path. What stands there with the
/// promised digest is taken as it is. Invalid, and no file, when the bytes are not those that were promised.
Result<std::filesystem::path> fetch_file(storage::StorageClient& store, const std::string& path,
                                         const std::filesystem::path& folder, const std::string& name,
                                         const Promise& promise);

/// The last component.
std::string file_name_of(const std::string& path);

}  // namespace visionops::prepare
