// Remembers for a while who a token belongs to, so that not every message asks the API server.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "operator/telemetry/pod_identity.h"

namespace visionops::telemetry {

struct IdentityCacheLimits {
  std::size_t entries = 20'000;
  std::chrono::seconds good{60};  ///< a token is believed for this long after its Pod may have gone
  std::chrono::seconds bad{
      10};  ///< a token that is refused, or of a Pod without a run, is not asked about again so long
};

/// Of one thread. Keys are SHA-256 digests: no token stays in memory.
class IdentityCache {
 public:
  using Identity = std::optional<PodIdentity>;  ///< nullopt: refused
  using Time = std::chrono::steady_clock::time_point;
  /// An Error says nothing about the token and is not remembered.
  using Ask = std::function<Result<Identity>(const std::string& token)>;

  explicit IdentityCache(IdentityCacheLimits limits = {}) : limits_(limits) {}

  Result<Identity> identify(const std::string& token, Time now, const Ask& ask);
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Identity identity;
    Time until;
    std::list<std::string>::iterator age;
  };
  void forget(const std::string& digest);

  IdentityCacheLimits limits_;
  std::unordered_map<std::string, Entry> entries_;
  std::list<std::string> ages_;  ///< digests, the oldest first
};

}  // namespace visionops::telemetry
