// The quality gate: bounds of the spec against what the inspection counted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operator/api/dataset.h"
#include "worker/contract/run_result.h"

namespace visionops::core {

struct GateResult {
  bool passed = true;
  std::string message;  ///< every bound that failed with its value, or what was checked
};

/// Elements that could not be read fail it, bounds or not, unless `allow_loss` names their kind.
GateResult check_quality_gate(const std::optional<api::QualityGate>& gate, const contract::DatasetFacts& facts,
                              const std::vector<LossKind>& allow_loss = {});

}  // namespace visionops::core
