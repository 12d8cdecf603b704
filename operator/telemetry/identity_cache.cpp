#include "operator/telemetry/identity_cache.h"

#include "base/digest.h"

namespace visionops::telemetry {

Result<IdentityCache::Identity> IdentityCache::identify(const std::string& token, Time now, const Ask& ask) {
  const std::string digest = sha256_hex(token);
  if (const auto found = entries_.find(digest); found != entries_.end()) {
    if (now < found->second.until) return found->second.identity;
    forget(digest);
  }
  auto identity = ask(token);
  if (!identity) return identity;
  while (!entries_.empty() && entries_.size() >= limits_.entries) forget(ages_.front());
  const bool good = *identity && !(*identity)->run.uid.empty();
  const auto until = now + (good ? limits_.good : limits_.bad);
  ages_.push_back(digest);
  entries_.emplace(digest, Entry{*identity, until, std::prev(ages_.end())});
  return identity;
}

void IdentityCache::forget(const std::string& digest) {
  const auto found = entries_.find(digest);
  if (found == entries_.end()) return;
  ages_.erase(found->second.age);
  // By the iterator: `digest` may be the element of ages_ that has just gone.
  entries_.erase(found);
}

}  // namespace visionops::telemetry
