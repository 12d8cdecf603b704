// Whether a run would lose something that its author did not agree to. PURE.
#pragma once

#include <string>

#include "worker/annotations/annotations.h"
#include "worker/contract/run_spec.h"

namespace visionops::pipeline {

struct LossCheck {
  annotations::LossReport report;                       ///< everything that is lost, chain and output format together
  std::vector<annotations::LossReport::Entry> refused;  ///< what allowLoss does not name
};

/// `in_chain` is what format conversions of the chain gave up; `result` is what goes to the output format.
LossCheck check_loss(const contract::PipelineRun& run, const annotations::LossReport& in_chain,
                     const annotations::Annotations& result);

/// "Masks: 12 (annotations[3] of a.jpg: ...); Crowd: 1 (...)" with the way out; "" when nothing is refused.
std::string refusal(const LossCheck& check);

}  // namespace visionops::pipeline
