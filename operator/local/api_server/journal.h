// The embedded cluster's memory on disk: an append-only journal of writes beside a snapshot.
//
//   DIR/snapshot.jsonl   the state at one sequence number, replaced by rename
//   DIR/journal.jsonl    one line per write since then
//   DIR/sequence         the number up to which the others reached when somebody looked last
//   DIR/lock             held by the one process that writes
//
// A line is JSON: {"sha":"<16 hex>","seq":7,...}; sha is the beginning of the SHA-256 of the rest of
// the line after the comma. Sequence numbers count up by one without a gap. The beginning of a line at the
// end is a write that was never acknowledged and is dropped; everything else that is no line is damage and
// refused, and so is an end before DIR/sequence. A refused file is never written to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json_fwd.h"
#include "base/mutex.h"
#include "base/posix/folder_lock.h"
#include "base/posix/small_files.h"
#include "base/result.h"

namespace visionops::local {

/// Receives each record in order: the snapshot's, then the journal's. An error ends the reading.
using RecordSink = std::function<Status(const Json& record)>;

/// What a repair could not save.
struct Losses {
  std::size_t records = 0;       ///< that could be read
  std::size_t places = 0;        ///< stretches of the files that could not
  std::size_t bytes = 0;         ///< in those
  std::uint64_t missing = 0;     ///< writes that are known to have been there, and are not, or that nobody understands
  std::filesystem::path backup;  ///< the files as they were; empty: they were in order, and nothing was done
};

/// Reads without a lock, also while another process writes: the newest acknowledged state, or one
/// that was the newest during the call. A folder without a journal has no records.
Status read_journal(const std::filesystem::path& folder, const RecordSink& sink);

/// The writing side; owns the folder while it lives. append, replace and wants_compaction are for one
/// thread at a time; sync may be called from any thread beside them.
class Journal {
 public:
  /// Creates the folder when missing, takes the lock, reads everything, cuts a damaged tail.
  /// Conflict when another process owns the folder; Invalid when the files are damaged.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& folder, const RecordSink& sink);
  /// For files that open() refuses: copies them into a new folder beside them and gives what can still be read, in
  /// order. Nothing is written to them before the caller's replace(); without it the next open() refuses them again.
  static Result<std::unique_ptr<Journal>> salvage(const std::filesystem::path& folder, const RecordSink& sink,
                                                  TimePoint now, Losses& losses);
  /// Notes how far it reached.
  ~Journal();

  /// The record (a JSON object without "sha" and "seq") has reached the kernel: it survives the
  /// death of the process. After an error nothing of it stands in the file.
  Status append(const Json& record);
  /// Everything appended before the call survives a power cut. Callers that come while one syncs
  /// share the next fdatasync.
  Status sync();
  /// Puts a snapshot of the whole state in the place of snapshot and journal.
  Status replace(const std::vector<Json>& records);
  /// Of a write that a crash cut off, dropped by open().
  [[nodiscard]] std::size_t dropped_bytes() const { return dropped_bytes_; }
  /// The journal has outgrown the snapshot, so that writing a new one pays.
  [[nodiscard]] bool wants_compaction() const;

 private:
  Journal(std::filesystem::path folder, FolderLock lock) : folder_(std::move(folder)), lock_(std::move(lock)) {}
  Status load(const RecordSink& sink);
  Status start_empty_journal();
  void note_sequence() const;
  int file();
  Status write_snapshot(const std::vector<Json>& records);

  std::filesystem::path folder_;
  FolderLock lock_;
  std::uint64_t sequence_ = 0;
  std::uint64_t snapshot_bytes_ = 0;
  std::uint64_t journal_bytes_ = 0;
  std::size_t dropped_bytes_ = 0;
  bool torn_ = false;  ///< the file on disk no longer continues at sequence_

  /// Held by the one caller that syncs or replaces the file.
  Mutex turn_mutex_ VISIONOPS_ACQUIRED_BEFORE(sync_mutex_);
  Mutex sync_mutex_;
  FileDescriptor journal_ VISIONOPS_GUARDED_BY(sync_mutex_);
  std::uint64_t appended_ VISIONOPS_GUARDED_BY(sync_mutex_) = 0;
  std::uint64_t synced_ VISIONOPS_GUARDED_BY(sync_mutex_) = 0;
  /// fdatasync failed: the kernel may have dropped the pages, nothing can be promised.
  bool broken_ VISIONOPS_GUARDED_BY(sync_mutex_) = false;
};

}  // namespace visionops::local
