// The bounded history of runs in status.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "operator/api/pipeline.h"

namespace visionops::core {

inline constexpr std::size_t kMaxRuns = 10;

/// Appends the run that a status tells of, oldest first, and keeps the newest kMaxRuns. Messages are cut:
/// history in status must stay small, the whole of it is in PostgreSQL.
template <class StatusType>
std::vector<api::RunRecord> archive_run(const StatusType& status, std::string result);

std::vector<api::RunRecord> append_run(std::vector<api::RunRecord> runs, api::RunRecord record);

template <class StatusType>
std::vector<api::RunRecord> archive_run(const StatusType& status, std::string result) {
  api::RunRecord record;
  record.run = status.run;
  record.spec_hash = status.spec_hash;
  record.phase = std::string(enum_name(status.phase));
  record.result = std::move(result);
  record.message = status.message;
  record.started_at = status.started_at;
  record.finished_at = status.finished_at;
  return append_run(status.runs, std::move(record));
}

}  // namespace visionops::core
