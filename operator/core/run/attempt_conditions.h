// What a status tells of its attempt in flight beside its phase: GPUs, queue, telemetry. For kinds whose workers have
// such; each of them clears its condition where there is nothing to tell.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "operator/core/run/attempt.h"
#include "operator/core/run/pass.h"

namespace visionops::core {

/// GPUAvailable. Precondition, here and below: the attempt has its Job. `gpus` of each Pod.
void tell_gpus(const Pass& pass, const Attempt& attempt, std::int32_t gpus);
/// Queued, with an event when its queue says something else than that it waits for quota.
void tell_queue(const Pass& pass, const Attempt& attempt, const std::string& queue);
/// TelemetryHealthy. `heartbeat`: of the sidecar of this very attempt.
void tell_telemetry(const Pass& pass, std::optional<TimePoint> heartbeat);
/// None of them holds without an attempt in flight.
void clear_attempt_conditions(api::RunStatus& status);

}  // namespace visionops::core
