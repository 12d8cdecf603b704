// What the processes of Pods use of this machine, as /proc tells it. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace visionops::local {

struct PodUsage {
  std::int64_t cpu_milliseconds = 0;  ///< of all its live processes since each began
  std::int64_t memory_bytes = 0;      ///< resident
  std::int64_t processes = 0;
};

/// By the uid of the Pod; `data` is the data folder as its owner spells it. Only Pods with live processes.
std::map<std::string, PodUsage> pod_usage(const std::filesystem::path& data);

}  // namespace visionops::local
