// Who speaks to the telemetry endpoint: a random token per running Pod, in a file only this user reads.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "operator/cluster/workload.h"

namespace visionops::local {

struct PodIdentity {
  std::string namespace_;
  std::string name;
  std::string uid;
  bool operator==(const PodIdentity&) const = default;
};

/// Any thread. Tokens are kept as digests, so that the time of a look-up tells nothing about them.
class PodTokens {
 public:
  /// A new token for the Pod; an earlier one of the same uid is void.
  std::string issue(const cluster::Pod& pod);
  void revoke(const std::string& uid);
  std::optional<PodIdentity> identify(const std::string& token) const;

 private:
  mutable Mutex mutex_;
  std::map<std::string, PodIdentity> by_digest_ VISIONOPS_GUARDED_BY(mutex_);
};

}  // namespace visionops::local
