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

#include "operator/core/attempt.h"
#include "operator/core/decision.h"
#include "operator/core/reconcile.h"
#include "operator/core/retry_policy.h"

namespace visionops::core {

/// References into a status.
struct AttemptBook {
  std::int64_t& run;
  std::int32_t& attempt;
  std::int32_t& counted_failures;
  std::optional<TimePoint>& retry_at;

  [[nodiscard]] bool in_flight() const { return attempt > 0 && !retry_at; }
};

template <class StatusType>
AttemptBook book_of(StatusType& status) {
  return {status.run, status.attempt, status.counted_failures, status.retry_at};
}

/// The children of a resource as observed.
struct Children {
  const std::vector<cluster::Job>& jobs;
  const std::vector<cluster::Pod>& pods;
};

struct FailureOutcome {
  bool retry = false;
  std::string message;  ///< for people: which attempt, why, and what follows
};
/// Accounts for the failure of the attempt in flight. With `retry`, retry_at is set.
FailureOutcome record_failure(AttemptBook book, const Failure& failure, std::int32_t limit, Duration base,
                              TimePoint now);

/// Deletes (with UID precondition) every Job that may still work, and every Job of another run. Of the
/// ended ones of this run the newest two stay for their logs.
void stop_jobs(const Children& children, const AttemptBook& book, TimePoint now, std::vector<Action>& actions);

/// Makes room for the next attempt: nullopt when it may start now, else what it waits for. Old Jobs are
/// deleted, and no two attempts ever work at the same time.
std::optional<Waiting> prepare_attempt(const Children& children, const AttemptBook& book, TimePoint now,
                                       std::vector<Action>& actions);
/// Whether a status that waits for retry_at still tells why, so that its message may stay.
bool tells_why_it_waits(const std::vector<api::Condition>& conditions);

/// Deletes a Job that has the name of this attempt's Job but is not of it (children.h, is_of): nobody can create
/// ours beside it.
void clear_name(const ChildOf& child, const std::vector<cluster::Job>& jobs, std::vector<Action>& actions);

/// The Job of the attempt in flight is missing: nullopt when it may be created (again), else the Pod of a
/// removed Job that must stop first.
std::optional<Waiting> wait_for_orphans(const Children& children, TimePoint now);
/// Deletes the Jobs of a finished run `ttl_seconds` after its end; the moment at which that is due, when it
/// still lies ahead. We do this and not the Job's own TTL: a Job that goes before its result was read
/// would be run again.
std::optional<TimePoint> expire_jobs(const Children& children, std::optional<TimePoint> finished_at,
                                     std::optional<std::int64_t> ttl_seconds, TimePoint now,
                                     std::vector<Action>& actions);

}  // namespace visionops::core
