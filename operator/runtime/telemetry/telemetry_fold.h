// Folding messages into the telemetry of one attempt: a value without a clock and without threads.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/clock.h"
#include "operator/core/observed.h"
#include "worker/contract/telemetry.h"

namespace visionops::runtime {

enum class FoldResult {
  Changed,    ///< something a reader can see is new
  Unchanged,  ///< taken (a heartbeat), nothing new to see
  Duplicate,  ///< seen before
  Stale,      ///< of an older run or attempt
  Unknown,    ///< the owner is not a resource of ours, or not there
  Refused,    ///< a limit of the board is reached
};
std::string_view to_string(FoldResult result);

/// How far a run is, comparable: epoch, then stage in the order of work, then the part done in [0, 1].
using ProgressRank = std::tuple<std::int32_t, int, double>;
ProgressRank rank_of(const contract::Progress& progress);

class AttemptTelemetry {
 public:
  AttemptTelemetry() = default;
  AttemptTelemetry(std::int64_t run, std::int32_t attempt, std::string identity)
      : run_(run), attempt_(attempt), identity_(std::move(identity)) {}

  [[nodiscard]] std::int64_t run() const { return run_; }
  [[nodiscard]] std::int32_t attempt() const { return attempt_; }

  /// `message` must be of this run and attempt.
  FoldResult fold(const contract::TelemetryMessage& message, std::size_t max_pods, TimePoint now);
  [[nodiscard]] std::optional<contract::Progress> progress() const { return shown_; }
  [[nodiscard]] core::TrainingTelemetry training() const;

 private:
  struct Pod {
    std::int64_t sequence = -1;
    TimePoint sent_at{};
    std::optional<contract::Progress> progress;
  };
  bool fold_progress(Pod& pod, const contract::Progress& progress, TimePoint sent_at);
  bool fold_metrics(const std::vector<contract::MetricPoint>& metrics);
  bool fold_checkpoints(const std::vector<contract::StoredCheckpoint>& checkpoints);
  bool fold_gpus(const std::string& pod, const std::vector<contract::ResourceSample>& samples);
  void time_epoch(const contract::Progress& progress, TimePoint sent_at);
  [[nodiscard]] std::optional<contract::Progress> sum_over_pods() const;

  std::int64_t run_ = 0;
  std::int32_t attempt_ = 0;
  std::string identity_;
  std::map<std::string, Pod> pods_;
  std::optional<contract::Progress> shown_;  ///< high-water mark of sum_over_pods()
  std::map<std::string, contract::MetricPoint> latest_;
  std::optional<contract::StoredCheckpoint> checkpoint_;
  std::map<std::string, std::set<std::pair<std::string, std::int32_t>>> gpus_;  ///< name -> (pod, index)
  std::optional<std::pair<std::int32_t, TimePoint>> epoch_began_;
  std::optional<double> seconds_per_epoch_;
  TimePoint heartbeat_{};
};

}  // namespace visionops::runtime
