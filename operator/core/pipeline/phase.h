// The phases of a Pipeline: entering one sets its conditions, its times and, when it is news, an event.
#pragma once

#include <string>
#include <string_view>

#include "operator/core/decision.h"
#include "operator/core/observed.h"

namespace visionops::core {

/// Pending or Running, with what is waited for.
void progress(const PipelineObserved& o, PipelineDecision& d, api::PipelinePhase phase, std::string_view reason,
              const std::string& message);
/// The run is over, or refused before it began.
void fail(const PipelineObserved& o, PipelineDecision& d, std::string_view reason, const std::string& message);
void succeed(const PipelineObserved& o, PipelineDecision& d, const std::string& message);

}  // namespace visionops::core
