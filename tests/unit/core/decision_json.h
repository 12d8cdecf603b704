// A decision as JSON, for comparison and for the golden files.
#pragma once

#include "base/json.h"
#include "operator/core/reconcile.h"

namespace visionops::core {

Json to_json(const DatasetObserved& observed, const DatasetDecision& decision);
Json to_json(const PipelineObserved& observed, const PipelineDecision& decision);
Json to_json(const TrainingJobObserved& observed, const TrainingJobDecision& decision);

}  // namespace visionops::core
