// A token bucket per sender, bounded in the number of senders. PURE: time is an input.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "base/clock.h"

namespace visionops::telemetry {

struct RateLimits {
  double per_second = 5;
  double burst = 30;             ///< a sidecar that was cut off sends its backlog at once
  std::size_t senders = 20'000;  ///< remembered at a time; the longest silent one is forgotten
};

/// Not thread-safe.
class RateLimit {
 public:
  explicit RateLimit(RateLimits limits = {}) : limits_(limits) {}
  /// True when `sender` may send one message now.
  bool admit(const std::string& sender, TimePoint now);

 private:
  struct Bucket {
    double tokens = 0;
    TimePoint at{};
  };
  void make_room(TimePoint now);

  RateLimits limits_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace visionops::telemetry
