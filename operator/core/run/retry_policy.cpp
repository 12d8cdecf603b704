#include "operator/core/run/retry_policy.h"

#include <algorithm>

namespace visionops::core {

namespace {
constexpr std::int32_t kFreeRetriesAtOnce = 3;
}

Duration backoff_delay(Duration base, std::int32_t n) {
  if (n < 1) return Duration::zero();
  Duration delay = std::clamp(base, Duration::zero(), kMaxRetryDelay);
  for (std::int32_t i = 1; i < n && delay < kMaxRetryDelay && delay > Duration::zero(); ++i) delay *= 2;
  return std::min(delay, kMaxRetryDelay);
}

RetryPlan plan_retry(const Failure& failure, std::int32_t attempt, std::int32_t counted_failures, std::int32_t limit,
                     Duration base) {
  switch (failure.retry) {
    case contract::RetryDecision::Never:
      return {false, false, true, Duration::zero()};
    case contract::RetryDecision::Later:
      return {false, true, true, backoff_delay(base, counted_failures + 1)};
    case contract::RetryDecision::Free:
      return {true, false, false, backoff_delay(base, attempt - counted_failures - kFreeRetriesAtOnce)};
    case contract::RetryDecision::Counted:
      break;
  }
  const std::int32_t counted = counted_failures + 1;
  return {counted <= limit, false, true, backoff_delay(base, counted)};
}

}  // namespace visionops::core
