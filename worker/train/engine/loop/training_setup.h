// Everything that is decided before the first step: checked settings, the data in memory, the network.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/telemetry_writer/telemetry_writer.h"
#include "worker/train/engine/schedule/best_epoch.h"
#include "worker/train/engine/schedule/learning_rate.h"
#include "worker/train/engine/task/task.h"

namespace visionops::train {

/// What a run needs from its process.
struct TrainEnvironment {
  std::filesystem::path pod_dir;
  telemetry::TelemetryWriter& telemetry;
  std::ostream& out;                    ///< lines for people
  const std::atomic<bool>& stop;        ///< set by SIGTERM
  contract::RunOwner owner = {};        ///< whose run it is: only its own checkpoints are taken up
  std::filesystem::path answers_dir{};  ///< where a sidecar confirms checkpoints; empty: there is none
};

struct TrainingSetup {
  contract::TrainRun run;
  contract::RunOwner owner;
  const contract::TrainingTask* facts = nullptr;  ///< of the run's task
  std::unique_ptr<Learner> learner;
  NetworkSettings network;
  std::string best_metric;  ///< "map50_95", "loss", ...
  StoppingRule stopping;
  LearningRate learning_rate;
  std::int64_t steps_per_epoch = 0;
  unsigned loaders = 1;  ///< threads that prepare batches
};

/// Invalid names the field ("model: ..."), NotFound the missing folder. Stores are opened by name
/// below $VISIONOPS_STORES.
Result<TrainingSetup> prepare_training(const contract::TrainRun& run);

}  // namespace visionops::train
