// What a run tells while it works: lines for people, telemetry for the sidecar.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "worker/train/engine/loop/training_setup.h"

namespace visionops::train {

class TrainingReport {
 public:
  explicit TrainingReport(TrainEnvironment& environment) : environment_(environment) {}

  /// A line for people that also goes to the resource's history.
  void remark(const std::string& text);
  void started(const TrainingSetup& setup);
  void step(const TrainingSetup& setup, std::int32_t epochs_done, std::int64_t step_in_epoch);
  void evaluating(std::int32_t epoch, std::int32_t epochs, std::int64_t done, std::int64_t total);
  /// `metrics`: by telemetry name. "Epoch 5/30  loss 0.234  map50 0.912  map50_95 0.610  3.2 s".
  void epoch(const TrainingSetup& setup, std::int32_t epoch, const std::map<std::string, double>& metrics,
             std::chrono::duration<double> time);
  void checkpoint(const contract::CheckpointWritten& written);
  /// "Best epoch 27 by map50_95: map50 0.971  map50_95 0.790; model epoch-0027.pt, sha256 ..."
  void finished(const contract::TrainFacts& facts);

 private:
  TrainEnvironment& environment_;
};

}  // namespace visionops::train
