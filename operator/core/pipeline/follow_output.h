// From the end of the Job to the end of the run: the Dataset that came out is created and must become Ready.
#pragma once

#include "operator/core/run/kind.h"

namespace visionops::core {

/// Continue while the run has published nothing.
Next follow_output(const PipelineObserved& o, PipelineDecision& d);

/// Ends the run because of its output: taken by another, not usable, or not what was written.
void output_failed(const PipelineObserved& o, PipelineDecision& d, std::string_view reason, const std::string& message);

}  // namespace visionops::core
