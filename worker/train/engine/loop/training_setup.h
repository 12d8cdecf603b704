// Everything that is decided before the first step: checked settings, the data in memory, the network.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/telemetry_writer/telemetry_writer.h"
#include "worker/train/engine/data/image_cache.h"
#include "worker/train/engine/schedule/best_epoch.h"
#include "worker/train/engine/schedule/learning_rate.h"
#include "worker/train/tasks/detection/data/detection_set.h"
#include "worker/train/tasks/detection/detector_options.h"
#include "worker/train/tasks/detection/evaluate.h"
#include "worker/train/tasks/detection/learner/detection_learner.h"

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

/// A set with its pixels. Not movable: the cache refers to the set.
struct LoadedSet {
  LoadedSet(DetectionSet given, std::int32_t side, std::int64_t max_bytes)
      : set(std::move(given)), images(set, side, max_bytes) {}
  DetectionSet set;
  ImageCache images;
};

struct TrainingSetup {
  contract::TrainRun run;
  contract::RunOwner owner;
  DetectorOptions options;
  LearnerSettings learner;
  std::unique_ptr<LoadedSet> train;
  std::unique_ptr<LoadedSet> val;    ///< null: no validation
  std::optional<DetectionSet> test;  ///< its pixels are not needed before the end
  std::string best_metric;           ///< "map50_95", "loss", ...
  StoppingRule stopping;
  LearningRate learning_rate;
  std::int64_t steps_per_epoch = 0;
  unsigned loaders = 1;  ///< threads that prepare batches
};

/// Invalid names the field ("model: ..."), NotFound the missing folder. Stores are opened by name
/// below $VISIONOPS_STORES.
Result<TrainingSetup> prepare_training(const contract::TrainRun& run);

/// Fills the cache of `loaded` with as many threads; errors name `field`.
Status load_pixels(LoadedSet& loaded, const char* field, unsigned threads);

}  // namespace visionops::train
