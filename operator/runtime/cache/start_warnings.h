// What keeps Pods from being made or from starting: a ResourceQuota or an admission rule that refuses them, a volume
// that is not mounted, a sandbox that cannot be made. It shows in no status, only in events about the Job or the Pod.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/locked.h"
#include "operator/runtime/cache/object_cache.h"

namespace visionops::runtime {

/// Any thread; one resource is looked after by one thread at a time (the queue sees to that).
class StartWarnings {
 public:
  StartWarnings(cluster::ClusterApi& api, const Clock& clock, const Locked<ObjectCache>& cache)
      : api_(api), clock_(clock), cache_(cache) {}

  /// Reads the events about a Job of `owner` that should have had Pods for a while, or about a Pod that its node should
  /// have started, every few seconds at most. A failed read is no error: what it would have told is for people.
  void look(const cluster::ObjectKey& owner);
  /// What the cluster says about the Job or Pod of `owner` with this uid; an empty message: nothing is known.
  [[nodiscard]] cluster::Event told(const cluster::ObjectKey& owner, const std::string& uid) const;
  /// `owner` is gone.
  void forget(const cluster::ObjectKey& owner);

 private:
  struct Look {
    std::string uid;
    TimePoint at{};
    cluster::Event warning;
  };

  cluster::ClusterApi& api_;
  const Clock& clock_;
  const Locked<ObjectCache>& cache_;
  Locked<std::map<cluster::ObjectKey, Look>> looks_;  ///< only of owners with something that does not start
};

}  // namespace visionops::runtime
