// CPU time and memory of the worker that shares the Pod.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "worker/storage/storage_client.h"

namespace visionops::sidecar {

struct ProcessUsage {
  double cpu_seconds = 0;         ///< user and system, of all threads, since the start of the process
  std::int64_t memory_bytes = 0;  ///< resident
};

/// Of the process named by worker.pid in the Pod's folder (worker/telemetry_writer), read from `proc`. nullopt when it
/// is not there, has ended, or is not visible from here (another PID namespace): unknown is not zero.
std::optional<ProcessUsage> sample_worker(storage::StorageClient& pod, const std::filesystem::path& proc = "/proc");

}  // namespace visionops::sidecar
