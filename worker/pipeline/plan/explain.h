// A plan for people: sources, steps with counts, loss, and one line per output image. PURE.
#pragma once

#include <string>

#include "worker/contract/run_spec.h"
#include "worker/pipeline/plan/chain.h"
#include "worker/pipeline/plan/loss_check.h"
#include "worker/pipeline/plan/plan.h"

namespace visionops::pipeline {

/// "copy", "recode: rotate 180" ... and the renaming of one item.
std::string reason_of(const PlanItem& item, ImageMode images);

/// Plain text with a final newline; equal for equal plans. At most `max_images` image lines are
/// written, then their number.
std::string explain(const contract::PipelineRun& run, const std::vector<StepLog>& log, const LossCheck& loss,
                    const Plan& plan, std::size_t max_images);

}  // namespace visionops::pipeline
