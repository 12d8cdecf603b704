// What a checkpoint carries beside the tensors, as JSON text: where the run was and what it was.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/fields.h"
#include "base/result.h"
#include "worker/train/learner/detection_learner.h"
#include "worker/train/schedule/best_epoch.h"

namespace visionops::train {

/// Where the training loop stands; a resumed loop goes on from exactly here. There is no random state:
/// order and augmentation are functions of (seed, epoch, sample).
struct TrainProgress {
  std::int32_t epoch = 0;           ///< whole epochs done
  std::int64_t step_in_epoch = 0;   ///< steps of the next epoch done
  double learning_rate_factor = 1;  ///< 0.5 after a divergence
  BestEpoch best;
  std::map<std::string, double> best_metrics;
  LossValues losses;  ///< of the steps of the next epoch

  static const Table<TrainProgress>& fields();
};

struct CheckpointNote {
  std::int32_t schema = 1;
  DetectorDesign design;
  std::int32_t batch_size = 0;
  std::int64_t seed = 0;
  std::string made_of;    ///< made_of.h; empty: written by an earlier version
  bool finished = false;  ///< the last epoch of its run
  TrainProgress progress;

  static const Table<CheckpointNote>& fields();
};

std::string encode(const CheckpointNote& note);
Result<CheckpointNote> decode_checkpoint_note(const std::string& text);

}  // namespace visionops::train
