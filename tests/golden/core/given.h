// given.yaml of a golden case: what a reconciler sees, written as people write Kubernetes objects.
//
//   now: 2026-11-21T02:00:00Z
//   platform: {stores: [datasets], telemetryUrl: https://operator/telemetry, kueue: true}
//   resource: {...}              # Dataset, Pipeline or TrainingJob; specHash: current stands for its own hash
//   jobs: [...]   pods: [...]    # children
//   datasets: [...]   trainingJobs: [...]
//   progress: {...}              # of a Pipeline
//   telemetry: {run: 1, attempt: 1, heartbeat: ..., progress: {...}, metrics: [{name, value, epoch}], gpu: ...}
#pragma once

#include <string>

#include "base/json.h"

namespace visionops::core {

/// The decision for the given case, as JSON. Throws std::runtime_error with a line for people when the
/// file cannot be read.
Json decide(const std::string& given_file);

}  // namespace visionops::core
