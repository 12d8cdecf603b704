#include "operator/runtime/queue/work_queue.h"

#include <algorithm>

namespace visionops::runtime {

using cluster::ObjectKey;

WorkQueue::WorkQueue(Backoff backoff, Jitter jitter) : backoff_(backoff), jitter_(std::move(jitter)) {}

void WorkQueue::add(const ObjectKey& key, Priority priority, TimePoint now) {
  if (closed_) return;
  Entry& entry = entries_[key];
  clear_due(key, entry);
  if (entry.processing) {
    entry.again = std::min(priority, entry.again.value_or(priority));
  } else {
    make_ready(key, entry, priority, now);
  }
}

void WorkQueue::add_after(const ObjectKey& key, Duration delay, TimePoint now) {
  if (delay <= Duration::zero()) return add(key, Priority::Fresh, now);
  if (closed_) return;
  Entry& entry = entries_[key];
  const TimePoint due = now + delay;
  if (entry.ready || entry.again || (entry.due && *entry.due <= due)) return;
  clear_due(key, entry);
  entry.due = due;
  delayed_.emplace(due, key);
}

Duration WorkQueue::add_failed(const ObjectKey& key, TimePoint now) {
  if (closed_) return Duration::zero();
  const int failures = ++entries_[key].failures;
  const Duration delay = backoff_.delay(failures, jitter_());
  add_after(key, delay, now);
  return delay;
}

void WorkQueue::forget(const ObjectKey& key) {
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return;
  entry->second.failures = 0;
  drop_if_idle(entry);
}

int WorkQueue::failures(const ObjectKey& key) const {
  const auto entry = entries_.find(key);
  return entry == entries_.end() ? 0 : entry->second.failures;
}

std::optional<WorkItem> WorkQueue::take(TimePoint now) {
  if (closed_) return std::nullopt;
  promote_due(now);
  if (ready_.empty()) return std::nullopt;
  const ObjectKey key = ready_.begin()->second;
  ready_.erase(ready_.begin());
  Entry& entry = entries_[key];
  entry.ready.reset();
  entry.processing = true;
  return WorkItem{key, std::max(Duration::zero(), now - entry.ready_since)};
}

void WorkQueue::done(const ObjectKey& key, TimePoint now) {
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return;
  entry->second.processing = false;
  if (const auto again = std::exchange(entry->second.again, std::nullopt); again && !closed_) {
    make_ready(key, entry->second, *again, now);
  }
  drop_if_idle(entry);
}

void WorkQueue::close() {
  closed_ = true;
  ready_.clear();
  delayed_.clear();
  entries_.clear();
}

std::optional<TimePoint> WorkQueue::next_due() const {
  return delayed_.empty() ? std::nullopt : std::optional(delayed_.begin()->first);
}

void WorkQueue::make_ready(const ObjectKey& key, Entry& entry, Priority priority, TimePoint now) {
  if (entry.ready) {
    if (entry.ready->first <= priority) return;
    ready_.erase(*entry.ready);
  } else {
    entry.ready_since = now;
  }
  entry.ready = Slot{priority, next_sequence_++};
  ready_.emplace(*entry.ready, key);
}

void WorkQueue::clear_due(const ObjectKey& key, Entry& entry) {
  if (!entry.due) return;
  delayed_.erase({*entry.due, key});
  entry.due.reset();
}

void WorkQueue::promote_due(TimePoint now) {
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    const auto [due, key] = *delayed_.begin();
    add(key, Priority::Fresh, due);
  }
}

void WorkQueue::drop_if_idle(Entries::iterator entry) {
  const Entry& e = entry->second;
  if (!e.ready && !e.due && !e.processing && !e.again && e.failures == 0) entries_.erase(entry);
}

}  // namespace visionops::runtime
