// Follows a framework while it runs: what it says and writes becomes telemetry, and its checkpoints are handed over.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "worker/contract/prepared_run.h"
#include "worker/contract/run_spec.h"
#include "worker/exec/follow/checkpoint_watch.h"
#include "worker/exec/follow/epoch_metrics.h"
#include "worker/exec/follow/epoch_times.h"
#include "worker/exec/follow/handover.h"
#include "worker/exec/follow/job_folder.h"
#include "worker/exec/follow/metric_files.h"
#include "worker/framework/run_reader.h"
#include "worker/telemetry_writer/telemetry_writer.h"

namespace visionops::exec {

/// On one thread at a time.
class Follower {
 public:
  /// Invalid: the reading of the runtime. What lies in the job's folder now is of an earlier attempt. `telemetry` must
  /// outlive it.
  static Result<Follower> make(const contract::TrainRun& run, const contract::PreparedRun& prepared, JobFolder job,
                               PodCheckpoints pod, telemetry::TelemetryWriter& telemetry);

  /// 1 stdout, 2 stderr. `lost` bytes before it were never seen.
  void take_output(int stream, std::string_view bytes, TimePoint at, std::int64_t lost);
  /// Looks at the files. True: there was a sign of life.
  bool look();
  /// The process has ended and everything that it said was taken.
  void end(TimePoint at);
  /// The checkpoints that are whole now, one last time.
  void take_last_checkpoints();
  /// Announces the final checkpoint. nullopt: there is none.
  std::optional<Handed> finish();

  /// The newest of what it said.
  [[nodiscard]] const std::string& tail() const { return tail_; }
  [[nodiscard]] const framework::RunReader& reader() const { return reader_; }
  [[nodiscard]] const EpochMetrics& metrics() const { return metrics_; }
  [[nodiscard]] const Handover& handover() const { return handover_; }

 private:
  Follower(framework::RunReader reader, JobFolder job, MetricFiles files, CheckpointWatch watch, Handover handover,
           telemetry::TelemetryWriter& telemetry);
  bool read_changed_files();
  bool tell();
  bool take_checkpoints(bool last);

  framework::RunReader reader_;
  JobFolder job_;
  MetricFiles files_;
  CheckpointWatch watch_;
  Handover handover_;
  telemetry::TelemetryWriter* telemetry_;
  EpochMetrics metrics_;
  EpochTimes times_;
  std::string tail_;
};

}  // namespace visionops::exec
