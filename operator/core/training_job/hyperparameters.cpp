#include "operator/core/training_job/hyperparameters.h"

#include "operator/core/training_job/framework.h"
#include "operator/runtimes/runtime.h"

namespace visionops::core {

void set_hyperparameters(contract::TrainRun& run, const api::Hyperparameters& h) {
  run.epochs = h.epochs.value_or(run.epochs);
  run.batch_size = h.batch_size.value_or(run.batch_size);
  run.learning_rate = h.learning_rate.value_or(run.learning_rate);
  run.weight_decay = h.weight_decay.value_or(run.weight_decay);
  run.warmup_epochs = h.warmup_epochs.value_or(run.warmup_epochs);
  run.image_size = h.image_size.value_or(run.image_size);
  run.seed = h.seed.value_or(run.seed);
  run.extra = h.extra;
}

api::Hyperparameters resolve_hyperparameters(const api::TrainingJobSpec& spec) {
  const auto* runtime = runtimes::find(spec.runtime);
  if (runtime != nullptr && runtime->is_framework()) return framework_hyperparameters(spec, *runtime);
  contract::TrainRun run;
  if (spec.hyperparameters) set_hyperparameters(run, *spec.hyperparameters);
  api::Hyperparameters out;
  out.epochs = run.epochs;
  out.batch_size = run.batch_size;
  out.learning_rate = run.learning_rate;
  out.weight_decay = run.weight_decay;
  out.warmup_epochs = run.warmup_epochs;
  if (run.image_size > 0) out.image_size = run.image_size;
  out.seed = run.seed;
  out.extra = run.extra;
  return out;
}

}  // namespace visionops::core
