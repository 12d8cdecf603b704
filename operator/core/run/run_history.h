// The bounded history of runs in status.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "operator/api/run_status.h"

namespace visionops::core {

inline constexpr std::size_t kMaxRuns = 10;

/// Appends the run that a status tells of, oldest first, and keeps the newest kMaxRuns. Messages are cut:
/// history in status must stay small, the whole of it is in PostgreSQL. `result` is what came out.
std::vector<api::RunRecord> archive_run(const api::RunStatus& status, std::string result);

}  // namespace visionops::core
