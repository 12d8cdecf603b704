// The worker's end of the telemetry: JSON lines appended to <pod dir>/telemetry.jsonl, read by the
// sidecar. Losing telemetry never fails a run, so nothing here reports an error to the caller.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "worker/contract/telemetry.h"

namespace visionops::telemetry {

/// <pod dir>/worker.pid: "PID START\n", START being field 22 of /proc/PID/stat, so that a reader can
/// tell the worker from a later process with the same number.
inline constexpr const char* kWorkerPidFile = "worker.pid";
/// Whose CPU time and memory the sidecar samples: a TelemetryWriter names its own process. Renamed into place, so that
/// a reader sees a whole file.
void name_worker(const std::filesystem::path& pod_dir, pid_t pid);

/// Thread-safe. Each line is one write(2) with O_APPEND, so lines of several writers never mix.
class TelemetryWriter {
 public:
  /// An empty or missing folder switches the writer off; every call is then a no-op.
  /// `clock` must outlive the writer.
  TelemetryWriter(const std::filesystem::path& pod_dir, const Clock& clock);
  ~TelemetryWriter();
  TelemetryWriter(const TelemetryWriter&) = delete;
  TelemetryWriter& operator=(const TelemetryWriter&) = delete;

  [[nodiscard]] bool active() const { return file_ >= 0; }

  /// At most 5 lines a second. A held-back value is written before the next line of any kind, at the
  /// next call that is due, or by the destructor; a new stage or epoch and done == total are never held back.
  void progress(contract::Progress progress);
  /// A default `at` becomes now. NaN and infinity are written as an event (contract::encode does it).
  void metric(contract::MetricPoint point);
  void checkpoint(contract::CheckpointWritten checkpoint);
  /// Cut to 1 KiB.
  void event(std::string text);

 private:
  void append(contract::TelemetryLine line) VISIONOPS_REQUIRES(mutex_);
  void write_pending() VISIONOPS_REQUIRES(mutex_);
  void reserve() VISIONOPS_REQUIRES(mutex_);
  void write_bytes(std::string bytes) VISIONOPS_REQUIRES(mutex_);

  const Clock& clock_;
  int file_ = -1;
  Mutex mutex_;
  std::optional<contract::Progress> pending_ VISIONOPS_GUARDED_BY(mutex_);
  std::optional<contract::Progress> written_ VISIONOPS_GUARDED_BY(mutex_);
  TimePoint written_at_ VISIONOPS_GUARDED_BY(mutex_){};
  std::int64_t reserved_ VISIONOPS_GUARDED_BY(mutex_) = 0;  // up to this size of the file there is room
  bool torn_ VISIONOPS_GUARDED_BY(mutex_) = false;          // the last write stopped within a line
};

}  // namespace visionops::telemetry
