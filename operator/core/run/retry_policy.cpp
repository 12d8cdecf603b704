#include "operator/core/run/retry_policy.h"

#include <algorithm>

namespace visionops::core {

namespace {

constexpr std::int32_t kFreeRetriesAtOnce = 3;

Duration doubled(Duration base, std::int32_t n, Duration longest) {
  if (n < 1) return Duration::zero();
  Duration delay = std::clamp(base, Duration::zero(), longest);
  for (std::int32_t i = 1; i < n && delay < longest && delay > Duration::zero(); ++i) delay *= 2;
  return std::min(delay, longest);
}

/// Whether bytes are the right ones again is known when all are read; whether a file is there, at once.
Duration longest_wait(const Failure& failure) {
  return failure.failure_class == failure::kContentChanged ? kMaxHashingDelay : kMaxRetryDelay;
}

}  // namespace

Duration backoff_delay(Duration base, std::int32_t n) { return doubled(base, n, kMaxRetryDelay); }

RetryPlan plan_retry(const Failure& failure, std::int32_t attempt, std::int32_t counted_failures, std::int32_t limit,
                     Duration base) {
  switch (failure.retry) {
    case contract::RetryDecision::Never:
      return {false, false, true, Duration::zero()};
    case contract::RetryDecision::Later:
      return {false, true, true, doubled(base, counted_failures + 1, longest_wait(failure))};
    case contract::RetryDecision::Free:
      return {true, false, false, backoff_delay(base, attempt - counted_failures - kFreeRetriesAtOnce)};
    case contract::RetryDecision::Counted:
      break;
  }
  const std::int32_t counted = counted_failures + 1;
  return {counted <= limit, false, true, backoff_delay(base, counted)};
}

}  // namespace visionops::core
