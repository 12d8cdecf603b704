// Deadline policy: bounds on waiting, running and silence, counted from what Job and Pods say.
#pragma once

#include <optional>

#include "operator/core/run/attempt.h"

namespace visionops::core {

struct DeadlineCheck {
  std::optional<Failure> expired;
  std::optional<TimePoint> next;  ///< when the nearest deadline that still holds would expire
};

/// pendingSeconds bounds the time from the (admitted) Job, or from the first try to create one, until a worker runs,
/// activeSeconds the time that an attempt runs, silenceSeconds the time without `heartbeat` while it runs. A Job that
/// waits for quota is not counted as pending. Attempts that are over have no deadline.
DeadlineCheck check_deadlines(const std::optional<api::Deadlines>& deadlines, const Attempt& attempt,
                              std::optional<TimePoint> heartbeat, TimePoint now);

/// Since when the attempt runs: the earliest start of a Pod, else of the Job. nullopt when unknown.
std::optional<TimePoint> running_since(const Attempt& attempt);

}  // namespace visionops::core
