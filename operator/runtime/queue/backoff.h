// Exponential backoff as a value: the caller counts failures and brings its own randomness.
#pragma once

#include <functional>

#include "base/clock.h"

namespace visionops::runtime {

/// Returns numbers in [0, 1). Called under the owner's lock or from one thread only.
using Jitter = std::function<double()>;

/// base * 2^(failures-1), at most `cap`, and on top of it at most `jitter` of that length so that
/// many waiters do not come back at the same instant.
struct Backoff {
  Duration base{5};
  Duration cap{60'000};
  double jitter = 0.1;

  /// failures < 1 is no wait. `random` in [0, 1).
  [[nodiscard]] Duration delay(int failures, double random) const;
};

/// Of failing keys in the work queue (the base of client-go's default_rate_limiters.go with a lower cap).
inline constexpr Backoff kReconcileBackoff{Duration{5}, Duration{60'000}, 0.1};
/// Of lists and watches (client-go tools/cache/reflector.go: 800 ms, x2, 30 s, jitter 1.0).
inline constexpr Backoff kReflectorBackoff{Duration{800}, Duration{30'000}, 1.0};

/// A generator of its own, seeded from the operating system.
Jitter random_jitter();

}  // namespace visionops::runtime
