// What a framework said, kept in the checkpoint store for when its Pod is gone.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "worker/storage/storage_client.h"

namespace visionops::sidecar {

/// The name of an attempt's log in the folder of its run: "attempt-0002.log".
std::string log_name(std::int32_t attempt);

/// Copies job.log, and job.log.1 that it continues, from the Pod's folder to FOLDER/attempt-NNNN.log and
/// FOLDER/attempt-NNNN.log.1 (worker/exec/process/log_file.h bounds both). Nothing to do, and ok, where there is no
/// log: the platform's own trainer writes none.
Status keep_log(storage::StorageClient& pod, storage::StorageClient& store, const std::string& folder,
                std::int32_t attempt);

}  // namespace visionops::sidecar
