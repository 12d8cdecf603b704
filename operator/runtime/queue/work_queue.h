// The work queue as a data structure: keys, not events; time is an argument. Threads see it through
// SharedWorkQueue.
//
// - A key is in at most one place: ready, delayed, or nowhere; the earliest wish wins.
// - A key that is being processed is never handed out again; a wish that comes meanwhile is kept and
//   served once after done().
// - Fresh events go before resyncs; within a priority first come, first served.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/clock.h"
#include "operator/cluster/cluster_api.h"
#include "operator/runtime/queue/backoff.h"

namespace visionops::runtime {

enum class Priority { Fresh, Resync };

struct WorkItem {
  cluster::ObjectKey key;
  Duration waited{};  ///< between becoming ready and being taken
};

/// Not thread-safe.
class WorkQueue {
 public:
  explicit WorkQueue(
      Backoff backoff = kReconcileBackoff, Jitter jitter = [] { return 0.0; });

  /// Ready now; a delayed wish for the same key is served by this one.
  void add(const cluster::ObjectKey& key, Priority priority, TimePoint now);
  /// Ready at now + delay, unless the key is ready or due earlier. delay <= 0 is add(Fresh).
  void add_after(const cluster::ObjectKey& key, Duration delay, TimePoint now);
  /// Counts a failure and adds the key after its backoff, which is returned.
  Duration add_failed(const cluster::ObjectKey& key, TimePoint now);
  /// Success: the next failure starts with the shortest wait again.
  void forget(const cluster::ObjectKey& key);
  /// Failures since the last forget().
  [[nodiscard]] int failures(const cluster::ObjectKey& key) const;

  /// The most urgent ready key, which counts as processing until done(). nullopt: nothing is due.
  std::optional<WorkItem> take(TimePoint now);
  void done(const cluster::ObjectKey& key, TimePoint now);

  /// No key is accepted or handed out any more.
  void close();
  [[nodiscard]] bool closed() const { return closed_; }

  /// Ready keys; neither delayed nor processing ones.
  [[nodiscard]] std::size_t depth() const { return ready_.size(); }
  /// When the next delayed key becomes ready.
  [[nodiscard]] std::optional<TimePoint> next_due() const;

 private:
  using Slot = std::pair<Priority, std::uint64_t>;
  struct Entry {
    std::optional<Slot> ready;
    TimePoint ready_since{};
    std::optional<TimePoint> due;
    bool processing = false;
    std::optional<Priority> again;  ///< wished for while processing
    int failures = 0;
  };
  using Entries = std::map<cluster::ObjectKey, Entry>;

  void make_ready(const cluster::ObjectKey& key, Entry& entry, Priority priority, TimePoint now);
  void clear_due(const cluster::ObjectKey& key, Entry& entry);
  void promote_due(TimePoint now);
  void drop_if_idle(Entries::iterator entry);

  Backoff backoff_;
  Jitter jitter_;
  Entries entries_;
  std::map<Slot, cluster::ObjectKey> ready_;
  std::set<std::pair<TimePoint, cluster::ObjectKey>> delayed_;
  std::uint64_t next_sequence_ = 0;
  bool closed_ = false;
};

}  // namespace visionops::runtime
