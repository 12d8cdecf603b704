// Retry policy: when the next attempt may start. Attempts are counted in status, never from Pods.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "operator/core/run/failure_policy.h"

namespace visionops::core {

inline constexpr Duration kMaxRetryDelay = std::chrono::minutes(6);
/// Between looks at content that has changed.
inline constexpr Duration kMaxHashingDelay = std::chrono::hours(1);
/// Of resources whose spec has no retry.limit (api::RetryPolicy has the same default).
inline constexpr std::int32_t kDefaultRetryLimit = 3;

/// base, 2 base, 4 base, ... for n = 1, 2, 3, ..., at most kMaxRetryDelay; zero for n < 1.
Duration backoff_delay(Duration base, std::int32_t n);

struct RetryPlan {
  bool retry = false;
  bool later = false;  ///< the run has failed, and begins another attempt by itself after `delay`
  bool counted = false;
  Duration delay{};
};

/// After the failure of attempt number `attempt` of a run that had `counted_failures` before it.
/// Free retries start at once, from the fourth on with a growing delay: a node that loses every Pod
/// must not become a hot loop.
RetryPlan plan_retry(const Failure& failure, std::int32_t attempt, std::int32_t counted_failures, std::int32_t limit,
                     Duration base);

}  // namespace visionops::core
