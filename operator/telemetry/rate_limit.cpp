#include "operator/telemetry/rate_limit.h"

#include <algorithm>

namespace visionops::telemetry {

void RateLimit::make_room(TimePoint now) {
  // A bucket that has filled up again is the same as a forgotten one.
  const auto full_after = Duration(static_cast<Duration::rep>(1000 * limits_.burst / limits_.per_second));
  std::erase_if(buckets_, [&](const auto& entry) { return now - entry.second.at >= full_after; });
  if (buckets_.size() < limits_.senders) return;
  const auto oldest = std::min_element(buckets_.begin(), buckets_.end(),
                                       [](const auto& a, const auto& b) { return a.second.at < b.second.at; });
  buckets_.erase(oldest);
}

bool RateLimit::admit(const std::string& sender, TimePoint now) {
  auto it = buckets_.find(sender);
  if (it == buckets_.end()) {
    if (buckets_.size() >= limits_.senders) make_room(now);
    it = buckets_.emplace(sender, Bucket{limits_.burst, now}).first;
  }
  Bucket& bucket = it->second;
  const double seconds = std::max(0.0, std::chrono::duration<double>(now - bucket.at).count());
  bucket.tokens = std::min(limits_.burst, bucket.tokens + seconds * limits_.per_second);
  bucket.at = std::max(bucket.at, now);
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

}  // namespace visionops::telemetry
