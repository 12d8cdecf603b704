// Evaluation of spec.alerts against the newest metrics.
#pragma once

#include <string>
#include <vector>

#include "operator/api/training_job.h"
#include "worker/contract/telemetry.h"

namespace visionops::core {

struct FiredAlert {
  const api::Alert* alert = nullptr;  ///< points into the spec
  std::string message;                ///< the rule, the value and the epoch
};

/// Notes in `status` since which epoch each rule holds, and returns the alerts that fire now. An alert
/// fires once per run. Epochs that passed between two observations count as the newer one says.
std::vector<FiredAlert> evaluate_alerts(const std::vector<api::Alert>& alerts,
                                        const std::map<std::string, contract::MetricPoint>& latest,
                                        api::TrainingJobStatus& status);

}  // namespace visionops::core
