// The quality gate: bounds of the spec against what the inspection counted.
#pragma once

#include <optional>
#include <string>

#include "operator/api/dataset.h"
#include "worker/contract/run_result.h"

namespace visionops::core {

struct GateResult {
  bool passed = true;
  std::string message;  ///< every bound that failed with its value, or what was checked
};

GateResult check_quality_gate(const std::optional<api::QualityGate>& gate, const contract::DatasetFacts& facts);

}  // namespace visionops::core
