// The live values of a training in status: epoch, progress, time left, metrics, best, checkpoint.
#pragma once

#include "operator/core/observed.h"

namespace visionops::core {

/// Which metric says what is best: earlyStopping, else the model's own.
struct BestRule {
  std::string metric;
  bool max = true;
};
BestRule best_rule(const api::TrainingJobSpec& spec);

/// Takes what the newest telemetry of this run and attempt says.
void take_telemetry(api::TrainingJobStatus& status, const TrainingTelemetry& telemetry, const BestRule& best);
/// Takes what the trainer's result says: the evaluated model replaces the live values.
void take_result(api::TrainingJobStatus& status, const contract::TrainFacts& facts);

}  // namespace visionops::core
