// Stores checkpoints on a thread of its own, so that a large file never holds up heartbeats.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "worker/contract/telemetry.h"
#include "worker/sidecar/checkpoint_store.h"

namespace visionops::sidecar {

/// A checkpoint line and where it starts in the telemetry file.
struct QueuedCheckpoint {
  contract::CheckpointWritten written;
  std::int64_t offset = 0;
};

/// What came of a checkpoint: stored, or an event for people.
struct CheckpointOutcome {
  std::int64_t offset = 0;  ///< of its line
  std::optional<contract::StoredCheckpoint> stored;
  std::string event;
};

/// push() and the others may be called from any thread. An unreachable store is tried again for ever, with backoff;
/// while it is behind, only the newest ordinary checkpoint waits, and every best and final one.
class CheckpointWorker {
 public:
  explicit CheckpointWorker(CheckpointStore store, Duration first_backoff = Duration{1'000});

  void push(QueuedCheckpoint checkpoint);
  std::vector<CheckpointOutcome> take_outcomes();
  /// Nothing waits, is being stored or is to be taken.
  [[nodiscard]] bool idle() const;
  /// Asks for the word about the run; it is looked for when everything that was pushed is stored.
  void ask_for_word();
  /// Once it was asked for and found.
  [[nodiscard]] std::optional<contract::SidecarWord> word() const;
  /// Start of the oldest line whose outcome was not taken yet.
  [[nodiscard]] std::optional<std::int64_t> oldest_offset() const;

 private:
  void run(const std::stop_token& stop);
  void store_next(const std::stop_token& stop);
  void store_until_done(const QueuedCheckpoint& checkpoint, const std::stop_token& stop);
  void keep_log();
  void report(CheckpointOutcome outcome);
  std::vector<QueuedCheckpoint> remove_superseded() VISIONOPS_REQUIRES(mutex_);

  CheckpointStore store_;          // of the thread alone
  bool log_trouble_told_ = false;  // of the thread alone
  const Duration first_backoff_;
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<QueuedCheckpoint> queue_ VISIONOPS_GUARDED_BY(mutex_);
  std::optional<std::int64_t> in_work_ VISIONOPS_GUARDED_BY(mutex_);
  std::vector<CheckpointOutcome> outcomes_ VISIONOPS_GUARDED_BY(mutex_);
  bool word_wanted_ VISIONOPS_GUARDED_BY(mutex_) = false;
  std::optional<contract::SidecarWord> word_ VISIONOPS_GUARDED_BY(mutex_);
  std::jthread thread_;
};

}  // namespace visionops::sidecar
