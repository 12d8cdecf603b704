// What the operator reports of a run: the part that the status of every kind begins with. A changed spec is a new run;
// a run has attempts, one Job each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/fields/fields.h"
#include "operator/api/conditions.h"

namespace visionops::api {

/// One set of words for all kinds. What has no queue is never Queued, what cannot be suspended never Suspended.
enum class Phase {
  Pending,    ///< no Job: waits for inputs, for a former Job to stop, or for the time of the next attempt
  Queued,     ///< the Job waits for quota
  Starting,   ///< the Job is there, no worker runs yet
  Running,    ///< at least one worker runs, or what they wrote is being checked
  Succeeded,  ///< what was asked for is there and may be used
  Failed,     ///< nothing changes until a person acts
  Suspended,  ///< by spec.suspend
};
constexpr auto names_of(Phase) {
  using enum Phase;
  return std::to_array<Named<Phase>>({{Pending, "Pending"},
                                      {Queued, "Queued"},
                                      {Starting, "Starting"},
                                      {Running, "Running"},
                                      {Succeeded, "Succeeded"},
                                      {Failed, "Failed"},
                                      {Suspended, "Suspended"}});
}

/// Why an attempt ended.
struct FailureRecord {
  std::string failure_class;  ///< "InvalidInput", "NodeLost", "HostOOM", ...
  std::string evidence;       ///< the line or field that proves it
  std::string hint;           ///< the way out
  std::int32_t exit_code = 0;

  static const Table<FailureRecord>& fields();
};

/// An attempt of the present run that failed.
struct AttemptRecord {
  std::int32_t attempt = 0;
  std::string failure_class;
  std::string evidence;
  std::int32_t exit_code = 0;
  std::optional<TimePoint> started_at;
  std::optional<TimePoint> ended_at;

  static const Table<AttemptRecord>& fields();
};

/// So many stand in status, the newest.
inline constexpr std::size_t kMaxFailedAttempts = 10;

/// One line of history in status.
struct RunRecord {
  std::int64_t run = 0;
  std::string spec_hash;
  std::string phase;
  std::string result;  ///< digest, Dataset or model that came out
  std::string message;
  std::optional<TimePoint> started_at;
  std::optional<TimePoint> finished_at;

  static const Table<RunRecord>& fields();
};

/// Retries are decided from this, never from Pods.
struct RunStatus {
  std::int64_t observed_generation = 0;
  std::string spec_hash;  ///< of the run that this status tells of
  Phase phase = Phase::Pending;
  std::vector<Condition> conditions;
  std::string message;
  std::int64_t run = 0;
  std::int32_t attempt = 0;                         ///< Jobs started in this run
  std::int32_t counted_failures = 0;                ///< of those, failures that count against the limit of retries
  std::optional<FailureRecord> failure;             ///< of the last attempt that failed
  std::vector<AttemptRecord> failed_attempts = {};  ///< of this run, the newest kMaxFailedAttempts
  std::optional<TimePoint> started_at;
  std::optional<TimePoint> finished_at;
  std::string duration;                         ///< for people
  std::optional<TimePoint> retry_at;            ///< the attempt is over and accounted for: when the next one may start
  std::optional<TimePoint> attempt_started_at;  ///< when the newest attempt was decided on
  std::string resources_hash;                   ///< of spec.resources that the newest attempt was given
  std::vector<std::string> refused_by;          ///< nodes that refused the last attempts, one each; empty once one ran
  std::vector<RunRecord> runs;                  ///< the newest 10

  static const Table<RunStatus>& fields();
};

}  // namespace visionops::api
