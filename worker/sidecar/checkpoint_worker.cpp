#include "worker/sidecar/checkpoint_worker.h"

#include <algorithm>
#include <utility>

namespace visionops::sidecar {
namespace {

constexpr Duration kLastBackoff{30'000};

}  // namespace

CheckpointWorker::CheckpointWorker(CheckpointStore store, Duration first_backoff)
    : store_(std::move(store)),
      first_backoff_(first_backoff),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void CheckpointWorker::push(QueuedCheckpoint checkpoint) {
  {
    const MutexLock lock(mutex_);
    queue_.push_back(std::move(checkpoint));
  }
  changed_.notify_all();
}

std::vector<CheckpointOutcome> CheckpointWorker::take_outcomes() {
  const MutexLock lock(mutex_);
  return std::exchange(outcomes_, {});
}

bool CheckpointWorker::idle() const {
  const MutexLock lock(mutex_);
  return queue_.empty() && !in_work_ && outcomes_.empty();
}

std::optional<std::int64_t> CheckpointWorker::oldest_offset() const {
  const MutexLock lock(mutex_);
  if (!outcomes_.empty()) return outcomes_.front().offset;
  if (in_work_) return in_work_;
  return queue_.empty() ? std::nullopt : std::optional(queue_.front().offset);
}

void CheckpointWorker::ask_for_word() {
  {
    const MutexLock lock(mutex_);
    word_wanted_ = true;
  }
  changed_.notify_all();
}

std::optional<contract::SidecarWord> CheckpointWorker::word() const {
  const MutexLock lock(mutex_);
  return word_;
}

void CheckpointWorker::run(const std::stop_token& stop) {
  const auto wanted = [this]() VISIONOPS_REQUIRES(mutex_) { return !queue_.empty() || word_wanted_; };
  while (true) {
    MutexLock lock(mutex_);
    if (!changed_.wait(lock, stop, wanted)) return;
    if (queue_.empty()) {
      word_wanted_ = false;
      lock.unlock();
      keep_log();
      auto word = store_.read_back();
      lock.lock();
      word_ = std::move(word);
      continue;
    }
    lock.unlock();
    store_next(stop);
    if (stop.stop_requested()) return;
  }
}

/// Only this thread takes from the queue: what made it look is still there.
void CheckpointWorker::store_next(const std::stop_token& stop) {
  MutexLock lock(mutex_);
  const auto superseded = remove_superseded();
  const QueuedCheckpoint next = std::move(queue_.front());
  queue_.pop_front();
  in_work_ = next.offset;
  lock.unlock();
  for (const auto& skipped : superseded) {
    store_.skip(skipped.written);
    report({skipped.offset,
            {},
            "checkpoint " + skipped.written.file + " was skipped, the store is slower than the training"});
  }
  store_until_done(next, stop);
  if (stop.stop_requested()) return;
  keep_log();
  lock.lock();
  in_work_.reset();
}

/// A log that is not kept is no reason to lose a checkpoint. Told once.
void CheckpointWorker::keep_log() {
  const auto kept = store_.keep_log();
  if (kept || std::exchange(log_trouble_told_, true)) return;
  report({0, {}, "the log is not kept in the store: " + kept.error().message});
}

/// An ordinary checkpoint behind which a newer one waits is worth nothing any more.
std::vector<QueuedCheckpoint> CheckpointWorker::remove_superseded() {
  std::vector<QueuedCheckpoint> removed;
  std::deque<QueuedCheckpoint> kept;
  for (std::size_t i = 0; i < queue_.size(); ++i) {
    auto& item = queue_[i];
    const bool ordinary = !item.written.best && !item.written.final;
    const bool again = std::any_of(queue_.begin() + static_cast<std::ptrdiff_t>(i) + 1, queue_.end(),
                                   [&item](const auto& later) { return later.written.file == item.written.file; });
    if (ordinary && i + 1 < queue_.size() && !again) {
      removed.push_back(std::move(item));
    } else {
      kept.push_back(std::move(item));
    }
  }
  queue_ = std::move(kept);
  return removed;
}

void CheckpointWorker::store_until_done(const QueuedCheckpoint& checkpoint, const std::stop_token& stop) {
  Duration backoff = first_backoff_;
  bool told = false;
  while (!stop.stop_requested()) {
    const auto stored = store_.store(checkpoint.written);
    if (stored) return report({checkpoint.offset, *stored, {}});
    const bool hopeless = stored.error().cls == ErrorClass::Invalid || stored.error().cls == ErrorClass::NotFound;
    if (hopeless || !std::exchange(told, true)) {
      report({checkpoint.offset,
              {},
              "checkpoint " + checkpoint.written.file + " is not stored: " + stored.error().message +
                  (hopeless ? "" : "; trying again")});
    }
    if (hopeless) return;
    MutexLock lock(mutex_);
    changed_.wait_for(lock, stop, backoff, [] { return false; });
    backoff = std::min(backoff * 2, kLastBackoff);
  }
}

void CheckpointWorker::report(CheckpointOutcome outcome) {
  const MutexLock lock(mutex_);
  outcomes_.push_back(std::move(outcome));
}

}  // namespace visionops::sidecar
