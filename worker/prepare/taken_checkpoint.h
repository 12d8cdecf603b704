// A checkpoint of a store as a framework can open it.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "worker/contract/run_result.h"
#include "worker/storage/storage_client.h"

namespace visionops::prepare {

/// Copies it into `folder` under its name and compares it with its manifest; one that is a tar is unpacked there, and
/// the path is that of the folder that was packed. Everything else that stands in `folder` is removed. Invalid or
/// NotFound: this one cannot be used.
Result<std::filesystem::path> take_checkpoint(storage::StorageClient& store,
                                              const contract::StoredCheckpoint& checkpoint,
                                              const std::filesystem::path& folder);

}  // namespace visionops::prepare
