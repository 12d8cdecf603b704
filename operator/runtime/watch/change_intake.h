// What happens when the view of the cluster changes: the cache takes it, and whoever it concerns is
// woken. The only writer of the cache.
#pragma once

#include <atomic>
#include <condition_variable>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/locked.h"
#include "base/mutex.h"
#include "operator/runtime/cache/object_cache.h"
#include "operator/runtime/queue/outlets.h"
#include "operator/runtime/queue/shared_work_queue.h"
#include "operator/runtime/telemetry/telemetry_board.h"

namespace visionops::runtime {

/// All functions may be called from any thread.
class ChangeIntake {
 public:
  ChangeIntake(Locked<ObjectCache>& cache, SharedWorkQueue& queue, TelemetryBoard& board, const Outlets& outlets);

  /// A list, page by page. The first list of each kind wakes everything in it with low priority and sends one
  /// record for each resource, so that history is complete after the database was away. false: the
  /// list is older than what is known and was refused.
  bool page_listed(cluster::Kind kind, cluster::ListPage page);
  /// All pages of a list have come.
  void listed(cluster::Kind kind, const std::string& resource_version);
  void changed(cluster::Change change);
  /// A direct read of one object; nullptr: it is not there.
  void read(const cluster::ObjectKey& key, const cluster::Object* live);

  /// The newest resourceVersion of the cluster that is known of this kind; empty: none.
  [[nodiscard]] std::string seen(cluster::Kind kind) const;
  /// All kinds have been listed once. Decisions before that would see half a world.
  [[nodiscard]] bool synced() const { return synced_; }
  /// Blocks until synced(); false: stop was requested first.
  bool wait_synced(std::stop_token stop);
  /// Wakes every resource with low priority: a net under lost events.
  void resync();
  /// One record for each resource that was ever reconciled.
  void tell_history_of_all() const;

 private:
  void take(const std::vector<Transition>& transitions, Priority priority);
  void count(const Transition& transition) const;
  void forget_removed(const Transition& transition) const;
  /// A phase that another instance or an unnoticed write of ours has reached must not miss in history.
  void tell_history(const Transition& transition) const;
  void tell(std::optional<core::Record> record) const;
  void send_history(const std::vector<Transition>& transitions) const;

  Locked<ObjectCache>& cache_;
  SharedWorkQueue& queue_;
  TelemetryBoard& board_;
  const Outlets& outlets_;
  std::atomic<bool> synced_ = false;
  Mutex mutex_;  ///< with became_synced_ only; the flag is atomic
  std::condition_variable_any became_synced_;
};

}  // namespace visionops::runtime
