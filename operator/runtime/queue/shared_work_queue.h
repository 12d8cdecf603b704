// The work queue for threads: WorkQueue behind a mutex, with a blocking take().
#pragma once

#include <condition_variable>
#include <cstdint>
#include <optional>
#include <stop_token>

#include "base/mutex.h"
#include "operator/runtime/queue/observers.h"
#include "operator/runtime/queue/work_queue.h"

namespace visionops::runtime {

/// All functions may be called from any thread. Observers are called under the lock: they must be
/// quick and must not call back.
class SharedWorkQueue {
 public:
  SharedWorkQueue(const Clock& clock, QueueObservers observers, Backoff backoff = kReconcileBackoff,
                  Jitter jitter = random_jitter());

  void add(const cluster::ObjectKey& key, Priority priority = Priority::Fresh);
  void add_after(const cluster::ObjectKey& key, Duration delay);
  Duration add_failed(const cluster::ObjectKey& key);
  void forget(const cluster::ObjectKey& key);
  [[nodiscard]] int failures(const cluster::ObjectKey& key) const;

  /// Waits until a key is due, at most `max_wait`. nullopt: time is up, stop requested, or closed.
  std::optional<WorkItem> take(std::stop_token stop, Duration max_wait);
  /// take() without waiting.
  std::optional<WorkItem> try_take();
  void done(const cluster::ObjectKey& key);

  /// Wakes every waiter; nothing is handed out any more.
  void close();
  [[nodiscard]] bool closed() const;
  [[nodiscard]] std::size_t depth() const;
  [[nodiscard]] std::optional<TimePoint> next_due() const;

 private:
  void changed() VISIONOPS_REQUIRES(mutex_);

  const Clock& clock_;
  QueueObservers observers_;
  mutable Mutex mutex_;
  std::condition_variable_any wake_;
  WorkQueue queue_ VISIONOPS_GUARDED_BY(mutex_);
  std::uint64_t changes_ VISIONOPS_GUARDED_BY(mutex_) = 0;
};

}  // namespace visionops::runtime
