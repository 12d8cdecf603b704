// The bookkeeping of attempts in status, the same for every kind. It alone decides what happens next:
//
//   attempt == 0                 nothing was started in this run
//   attempt > 0, no retry_at     attempt is in flight: its Job exists or is to be created (same name,
//                                same content, so creating it twice is harmless)
//   attempt > 0, retry_at        the attempt is over and accounted for; the next may start at retry_at
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "operator/core/run/attempt.h"
#include "operator/core/run/pass.h"

namespace visionops::core {

bool in_flight(const api::RunStatus& status);

struct FailureOutcome {
  bool retry = false;
  std::string message;  ///< for people: which attempt, why, and what follows
};
/// Accounts for the failure of the attempt in flight. With `retry`, retry_at is set.
FailureOutcome record_failure(api::RunStatus& status, const Failure& failure, std::int32_t limit, Duration base,
                              TimePoint now);

/// Deletes (with UID precondition) every Job that may still work, and every Job of another run. Of the
/// ended ones of this run the newest two stay for their logs.
void stop_jobs(const Pass& pass);

/// Makes room for the next attempt: nullopt when it may start now, else what it waits for. Old Jobs are
/// deleted, and no two attempts ever work at the same time.
std::optional<Waiting> prepare_attempt(const Pass& pass);
/// Whether a status that waits for retry_at still tells why, so that its message may stay.
bool tells_why_it_waits(const std::vector<api::Condition>& conditions);

/// Deletes a Job that has the name of this attempt's Job but is not of it (children.h, is_of): nobody can create
/// ours beside it.
void clear_name(const Pass& pass, const ChildOf& child);

/// The Job of the attempt in flight is missing: nullopt when it may be created (again), else the Pod of a
/// removed Job that must stop first.
std::optional<Waiting> wait_for_orphans(const Pass& pass);
/// Of a finished run: ends Pods that a container of somebody else (a mesh's proxy) keeps running, with their Job, half
/// a minute after the run; the moment at which that is due, when it still lies ahead.
std::optional<TimePoint> end_lingering_pods(const Pass& pass);
/// Deletes the Jobs of a finished run `ttl_seconds` after its end; the moment at which that is due, when it
/// still lies ahead. We do this and not the Job's own TTL: a Job that goes before its result was read
/// would be run again.
std::optional<TimePoint> expire_jobs(const Pass& pass, std::optional<std::int64_t> ttl_seconds);

}  // namespace visionops::core
