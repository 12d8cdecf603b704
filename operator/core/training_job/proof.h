// Whether a training that ended with exit code 0 has left a model. Its sidecar decides, by what the checkpoint store
// gave back after the trainer's end (worker/contract/sidecar_word.h); the trainer's own result only says which model
// it means, and by which metrics.
#pragma once

#include <optional>

#include "operator/core/observed.h"
#include "operator/core/run/attempt.h"

namespace visionops::core {

struct Proof {
  /// A sidecar still reads; its Pod tells when it is done, or time does.
  bool pending = false;
  std::optional<TimePoint> look_again_at;
  /// The trainer's result, with model and last checkpoint in the words of the sidecar.
  std::optional<contract::TrainFacts> facts;
  /// When neither of them: CheckpointNotVerified, or NodeLost when the sidecar went with its node.
  Failure failure;
};

/// Precondition: attempt.state is Succeeded, status.resolved is set.
/// `status` is the one of the present pass.
Proof prove_model(const Attempt& attempt, const TrainingJobObserved& observed, const api::TrainingJobStatus& status);

}  // namespace visionops::core
