// Whether a run would lose something that its author did not agree to. PURE.
#pragma once

#include <string>
#include <vector>

#include "worker/contract/run_spec.h"
#include "worker/dataset/model/annotations.h"
#include "worker/dataset/model/format_writer.h"
#include "worker/pipeline/plan/plan.h"

namespace visionops::pipeline {

struct LossCheck {
  annotations::LossReport report;  ///< everything that is lost: by readers, chain, plan and output format together
  std::vector<annotations::LossReport::Entry> refused;  ///< what allowLoss does not name
};

/// `before` is what readers, chain and plan gave up; `result` is what goes to `writer`, that of the output.
LossCheck check_loss(const contract::PipelineRun& run, const annotations::LossReport& before,
                     const annotations::Annotations& result, const annotations::FormatWriter& writer);
/// The same for a finished report.
LossCheck check_loss(const contract::PipelineRun& run, annotations::LossReport report);

/// Images that are not written, and the objects that go with them.
annotations::LossReport loss_of_images(const contract::PipelineRun& run, const std::vector<LeftOut>& images);

/// "Masks: 12 (annotations[3] of a.jpg: ...); Crowd: 1 (...)" with the way out; "" when nothing is refused.
std::string refusal(const LossCheck& check);

}  // namespace visionops::pipeline
