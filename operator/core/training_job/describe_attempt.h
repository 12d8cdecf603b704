// What a TrainingJob tells of its attempt in flight: GPUs, queue, telemetry, alerts, and why it does not run yet.
#pragma once

#include "operator/core/decision.h"
#include "operator/core/observed.h"
#include "operator/core/run/attempt.h"

namespace visionops::core {

/// Telemetry of exactly the attempt in flight, else nullptr: what an older one, or one of another run of the same
/// number, still sends says nothing.
const TrainingTelemetry* current_telemetry(const TrainingJobObserved& o, const api::TrainingJobStatus& status);
/// Tells and records the alerts that these values set off.
void fire_alerts(const TrainingJobObserved& o, TrainingJobDecision& d, const TrainingTelemetry& telemetry);
/// Queued or Starting. Precondition, here and below: the attempt has its Job.
void describe_pending(const TrainingJobObserved& o, TrainingJobDecision& d, const Attempt& attempt);
/// Running, with the values that the sidecar has sent last.
void describe_running(const TrainingJobObserved& o, TrainingJobDecision& d, const Attempt& attempt);

}  // namespace visionops::core
