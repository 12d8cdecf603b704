// Each kind has its own watch, so a Job can be seen to end before the Pods that ended it. A decision on
// such a view would take a result for lost, or a worker's failure for a lost node, and waste an attempt.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "operator/runtime/watch/change_intake.h"

namespace visionops::runtime {

/// Jobs that have ended although the Pods in the view do not tell how.
std::vector<cluster::Job> unexplained(const std::vector<ObjectPtr>& jobs, const std::vector<ObjectPtr>& pods);

/// Any thread; one resource is looked after by one thread at a time (the queue sees to that).
class PodCatchUp {
 public:
  PodCatchUp(cluster::ClusterApi& api, const Clock& clock, Locked<ObjectCache>& cache, ChangeIntake& intake)
      : api_(api), clock_(clock), cache_(cache), intake_(intake) {}

  /// Reads the Pods of `owner` directly when one of its Jobs has ended unexplained, once for each such
  /// Job: its Pods had ended before the Job did, so what is read now is all there will ever be.
  /// Retry: the API server shows the Pods as of an older state than the Job. That is believed for 30 s
  /// only, because versions of two kinds need not be comparable (each may have an etcd of its own).
  Status catch_up(const cluster::ObjectKey& owner);
  /// `owner` is gone.
  void forget(const cluster::ObjectKey& owner);

 private:
  using Versions = std::map<std::string, std::string>;  ///< resourceVersion by uid of an unexplained Job
  struct Reading {
    Versions jobs;
    TimePoint began{};
    bool done = false;
  };
  Status read_pods(const cluster::ObjectKey& owner, const std::string& uid, std::uint64_t at_least);

  cluster::ClusterApi& api_;
  const Clock& clock_;
  Locked<ObjectCache>& cache_;
  ChangeIntake& intake_;
  Locked<std::map<cluster::ObjectKey, Reading>> readings_;
};

}  // namespace visionops::runtime
