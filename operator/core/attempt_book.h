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
FailureOutcome record_failure(AttemptBook book, const Failure& failure, std::int32_t limit, Duration base, TimePoint now);

/// Deletes (with UID precondition) every Job that may still work, and every Job of another run.
/// The ended Job of the newest attempt stays for its logs.
void stop_jobs(const Children& children, const AttemptBook& book, TimePoint now, std::vector<Action>& actions);

/// Makes room for the next attempt: nullopt when it may start now, else what it waits for. Old Jobs are
/// deleted, and no two attempts ever work at the same time.
std::optional<Waiting> prepare_attempt(const Children& children, const AttemptBook& book, TimePoint now,
                                       std::vector<Action>& actions);
/// Deletes ended Jobs of older attempts; the last one before this attempt stays for its logs.
void tidy_jobs(const Children& children, const AttemptBook& book, std::vector<Action>& actions);

}  // namespace visionops::core
