// The one writer of history: a thread behind a bounded queue. Reconciling never waits for it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "operator/record/record_queue.h"
#include "operator/record/record_store.h"

namespace spdlog {
class logger;
}

namespace visionops::record {

struct WriterOptions {
  QueueLimits queue;
  std::size_t batch = 200;      ///< records in one transaction
  Duration first_backoff{250};  ///< doubled up to last_backoff while the database is away
  Duration last_backoff{15'000};
  Duration settle_interval{5'000};      ///< between two settle() while records keep coming
  Duration idle_settle_interval{500};   ///< the same when none is waiting
  std::filesystem::path spool;          ///< empty: what cannot be written before the end is lost
  std::shared_ptr<spdlog::logger> log;  ///< required
};

/// What a health check and the metrics show.
struct WriterState {
  bool connected = false;  ///< the last attempt to write succeeded; false before the first
  bool stopped = false;
  std::size_t waiting = 0;
  std::uint64_t written = 0;
  std::uint64_t dropped = 0;    ///< queue full
  std::uint64_t rejected = 0;   ///< the database can never take them; each was logged
  std::uint64_t coalesced = 0;  ///< superseded while waiting; nothing was lost
  std::string last_error;       ///< of the outage that lasts; empty when connected
};

/// push(), flush() and state() may be called from any thread, also after stop() (push is then a no-op).
class RecordWriter {
 public:
  /// Starts the thread, which first replays the spool.
  RecordWriter(std::unique_ptr<RecordStore> store, WriterOptions options);
  /// stop().
  ~RecordWriter();
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;

  /// Never blocks on the database.
  void push(core::Record record);
  void push(std::vector<core::Record> records);
  /// Waits until the spool and all records pushed before are written and summaries are fresh. False at the
  /// deadline.
  bool flush(Duration deadline);
  /// Ends the thread after the batch that is being written; what waits goes to the spool.
  void stop();
  [[nodiscard]] WriterState state() const;

 private:
  void run(const std::stop_token& stop);
  void replay_spool();
  void write_batch(std::vector<core::Record> batch, const std::stop_token& stop);
  std::size_t write_halving(std::vector<core::Record>& batch, Status& outcome);
  void reject(const core::Record& record, const Error& error);
  void note_outage(const Error& error);
  void note_success(std::size_t records);
  std::vector<core::Record> next_batch(const std::stop_token& stop);
  [[nodiscard]] bool settle_due() const VISIONOPS_REQUIRES(mutex_);
  void settle(const std::stop_token& stop);
  void remove_replayed_spool();
  void keep_rest();
  bool pause(Duration time, const std::stop_token& stop);

  const std::unique_ptr<RecordStore> store_;
  const WriterOptions options_;

  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  RecordQueue queue_ VISIONOPS_GUARDED_BY(mutex_);
  WriterState state_ VISIONOPS_GUARDED_BY(mutex_);
  std::size_t in_flight_ VISIONOPS_GUARDED_BY(mutex_) = 0;
  bool unsettled_ VISIONOPS_GUARDED_BY(mutex_) = false;
  bool replaying_ VISIONOPS_GUARDED_BY(mutex_) = true;  // the spool is being read
  int flushers_ VISIONOPS_GUARDED_BY(mutex_) = 0;       // threads inside flush(): settle at once
  std::chrono::steady_clock::time_point settled_at_ VISIONOPS_GUARDED_BY(mutex_){};

  // Of the thread alone.
  std::vector<core::Record> unwritten_;  // the batch that the end of the process interrupted
  bool replayed_ = false;                // the spool file is still there
  Duration backoff_{};

  std::jthread thread_;
};

}  // namespace visionops::record
