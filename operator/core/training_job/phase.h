// The phases of a TrainingJob: entering one sets its conditions, its times and, when it is news, an event.
#pragma once

#include <string>
#include <string_view>

#include "operator/core/decision.h"
#include "operator/core/observed.h"

namespace visionops::core {

/// Any phase before the end, with what is waited for or done.
void progress(const TrainingJobObserved& o, TrainingJobDecision& d, api::TrainingPhase phase, std::string_view reason,
              const std::string& message);
/// The run is over, or refused before it began.
void fail(const TrainingJobObserved& o, TrainingJobDecision& d, std::string_view reason, const std::string& message);
/// Sets a condition beside the phase.
void tell(const TrainingJobObserved& o, TrainingJobDecision& d, std::string_view type, api::ConditionStatus status,
          std::string_view reason, std::string message);

}  // namespace visionops::core
