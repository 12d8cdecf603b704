#include "operator/runtime/queue/shared_work_queue.h"

#include <algorithm>

namespace visionops::runtime {

using cluster::ObjectKey;

SharedWorkQueue::SharedWorkQueue(const Clock& clock, QueueObservers observers, Backoff backoff, Jitter jitter)
    : clock_(clock), observers_(std::move(observers)), queue_(backoff, std::move(jitter)) {}

void SharedWorkQueue::add(const ObjectKey& key, Priority priority) {
  const MutexLock lock(mutex_);
  queue_.add(key, priority, clock_.now());
  notify(observers_.added);
  changed();
}

void SharedWorkQueue::add_after(const ObjectKey& key, Duration delay) {
  const MutexLock lock(mutex_);
  queue_.add_after(key, delay, clock_.now());
  notify(observers_.added);
  changed();
}

Duration SharedWorkQueue::add_failed(const ObjectKey& key) {
  const MutexLock lock(mutex_);
  const Duration delay = queue_.add_failed(key, clock_.now());
  notify(observers_.retried);
  changed();
  return delay;
}

void SharedWorkQueue::forget(const ObjectKey& key) {
  const MutexLock lock(mutex_);
  queue_.forget(key);
}

int SharedWorkQueue::failures(const ObjectKey& key) const {
  const MutexLock lock(mutex_);
  return queue_.failures(key);
}

std::optional<WorkItem> SharedWorkQueue::take(std::stop_token stop, Duration max_wait) {
  const auto deadline = std::chrono::steady_clock::now() + max_wait;
  MutexLock lock(mutex_);
  for (;;) {
    const TimePoint now = clock_.now();
    if (stop.stop_requested() || queue_.closed()) return std::nullopt;
    if (auto item = queue_.take(now)) {
      notify(observers_.waited, item->waited);
      notify(observers_.depth, queue_.depth());
      return item;
    }
    auto until = deadline;
    if (const auto due = queue_.next_due()) {
      until = std::min(until, std::chrono::steady_clock::now() + std::max(Duration{1}, *due - now));
    }
    const auto seen = changes_;
    wake_.wait_until(lock, stop, until, [&]() VISIONOPS_REQUIRES(mutex_) { return changes_ != seen; });
    if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
  }
}

std::optional<WorkItem> SharedWorkQueue::try_take() { return take(std::stop_token{}, Duration::zero()); }

void SharedWorkQueue::done(const ObjectKey& key) {
  const MutexLock lock(mutex_);
  queue_.done(key, clock_.now());
  changed();
}

void SharedWorkQueue::close() {
  const MutexLock lock(mutex_);
  queue_.close();
  changed();
}

bool SharedWorkQueue::closed() const {
  const MutexLock lock(mutex_);
  return queue_.closed();
}

std::size_t SharedWorkQueue::depth() const {
  const MutexLock lock(mutex_);
  return queue_.depth();
}

std::optional<TimePoint> SharedWorkQueue::next_due() const {
  const MutexLock lock(mutex_);
  return queue_.next_due();
}

void SharedWorkQueue::changed() {
  ++changes_;
  notify(observers_.depth, queue_.depth());
  wake_.notify_all();
}

}  // namespace visionops::runtime
