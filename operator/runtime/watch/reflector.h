// Keeps the cache of one kind like the cluster: list, watch, and over again.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "operator/cluster/cluster_api.h"
#include "operator/runtime/watch/change_intake.h"
#include "operator/runtime/watch/watch_position.h"

namespace visionops::runtime {

struct WatchTarget {
  cluster::Kind kind = cluster::Kind::Dataset;
  cluster::ListOptions options;
};

/// Used by one thread at a time.
class Reflector {
 public:
  Reflector(cluster::ClusterApi& api, const Clock& clock, ChangeIntake& intake, const Outlets& outlets,
            WatchTarget target, Jitter jitter);

  /// One list, or one watch from its opening to its end. Returns how long to wait before the next step.
  Duration step(std::stop_token stop);
  /// Steps and waits until `stop` is requested; a thread body. Never throws.
  void run(std::stop_token stop);

  [[nodiscard]] cluster::Kind kind() const { return target_.kind; }
  [[nodiscard]] WatchPosition::Phase phase() const { return position_.phase(); }

 private:
  void list();
  void watch(std::stop_token stop);
  void report_end(const Status& how) const;

  cluster::ClusterApi& api_;
  const Clock& clock_;
  ChangeIntake& intake_;
  const Outlets& outlets_;
  const WatchTarget target_;
  Jitter jitter_;
  WatchPosition position_;
};

}  // namespace visionops::runtime
