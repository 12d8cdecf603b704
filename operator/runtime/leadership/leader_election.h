// Leader election by a coordination.k8s.io Lease, with client-go's timing: another holder is only
// believed dead when its record has not changed for the lease duration on OUR clock, so clock skew
// between nodes does no harm. Election is not fencing: see fenced_cluster.h for what stops writes.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "operator/cluster/cluster_api.h"

namespace visionops::runtime {

struct LeaseTiming {
  std::chrono::milliseconds lease_duration = std::chrono::seconds(15);
  std::chrono::milliseconds renew_deadline = std::chrono::seconds(10);
  std::chrono::milliseconds retry_period = std::chrono::seconds(2);
};

/// What one look at the Lease calls for. PURE.
enum class LeaseStep { Create, Acquire, Renew, Wait };

using SteadyTime = std::chrono::steady_clock::time_point;

/// The record as last seen to change, and when that was on our monotonic clock.
struct ObservedLease {
  std::string holder;
  std::string resource_version;
  SteadyTime changed_at{};
  std::chrono::milliseconds duration{};  ///< that the holder claims; it may have been started with other settings
};

/// `observed` is updated from `lease`; the step follows from it.
LeaseStep decide_lease(const std::optional<cluster::Lease>& lease, ObservedLease& observed, const std::string& identity,
                       const LeaseTiming& timing, SteadyTime now);

/// How long to rest before the next look. A leader: the retry period. A standby: half of it, because it
/// believes in a renewal from the moment it sees it, and less when the holder's record expires before; so a
/// takeover stays below lease duration + retry period. PURE.
std::chrono::milliseconds next_look(const ObservedLease& observed, const std::string& identity,
                                    const LeaseTiming& timing, SteadyTime now);

class LeaderElection {
 public:
  /// `identity` must be unique among the replicas (Pod name and a random part).
  LeaderElection(cluster::ClusterApi& api, const Clock& clock, cluster::ObjectKey lease, std::string identity,
                 LeaseTiming timing);

  /// Blocks until `stop`. Calls `on_lead` when leadership begins and `on_lose` when it ends, both from
  /// this thread; after `on_lose` by a missed deadline it returns, because a process that lost its
  /// lease must start anew. On `stop` the Lease is released so that a standby takes over at once.
  void run(std::stop_token stop, const std::function<void()>& on_lead, const std::function<void()>& on_lose);

  /// True while writes are allowed: false from the renew deadline on, even when the thread of run()
  /// hangs in a call. Any thread.
  [[nodiscard]] bool may_write() const;
  [[nodiscard]] bool leading() const { return leading_; }
  /// The API server answered about the Lease within the lease duration: what /readyz asks. Any thread.
  [[nodiscard]] bool informed() const;

 private:
  bool attempt();
  bool store(cluster::Lease lease, bool create);
  void release();

  cluster::ClusterApi& api_;
  const Clock& clock_;
  cluster::ObjectKey key_;
  std::string identity_;
  LeaseTiming timing_;
  ObservedLease observed_;
  std::atomic<bool> leading_{false};
  std::atomic<SteadyTime::rep> renewed_at_{0};
  std::atomic<SteadyTime::rep> informed_at_{0};
};

}  // namespace visionops::runtime
