// Why a Job has no Pods: a ResourceQuota, a LimitRange or an admission rule that refuses them shows in no status,
// only in events about the Job.
#pragma once

#include <map>
#include <string>

#include "base/locked.h"
#include "operator/runtime/cache/object_cache.h"

namespace visionops::runtime {

/// Any thread; one resource is looked after by one thread at a time (the queue sees to that).
class MissingPods {
 public:
  MissingPods(cluster::ClusterApi& api, const Clock& clock, const Locked<ObjectCache>& cache)
      : api_(api), clock_(clock), cache_(cache) {}

  /// Reads the events about a Job of `owner` that should have had Pods for a while, every few seconds at most. A
  /// failed read is no error: what it would have told is for people.
  void look(const cluster::ObjectKey& owner);
  /// What the cluster says about the Job of `owner` with this uid; empty: nothing is known.
  [[nodiscard]] std::string told(const cluster::ObjectKey& owner, const std::string& job_uid) const;
  /// `owner` is gone.
  void forget(const cluster::ObjectKey& owner);

 private:
  struct Look {
    std::string job_uid;
    TimePoint at{};
    std::string message;
  };

  cluster::ClusterApi& api_;
  const Clock& clock_;
  const Locked<ObjectCache>& cache_;
  Locked<std::map<cluster::ObjectKey, Look>> looks_;  ///< only of owners with a Job without Pods
};

}  // namespace visionops::runtime
