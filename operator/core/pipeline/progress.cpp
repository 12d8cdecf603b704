#include "operator/core/pipeline/progress.h"

#include <algorithm>

namespace visionops::core {

namespace {

using api::PipelineStage;

/// Where a stage begins and ends on the way from 0 to 100: reading annotations is short, writing
/// images is nearly everything, and 100 is only said when the run has succeeded.
struct Span {
  std::int32_t from, to;
};

Span span_of(PipelineStage stage) {
  switch (stage) {
    case PipelineStage::None:
      return {0, 0};
    case PipelineStage::AnnotationProcessing:
      return {0, 5};
    case PipelineStage::ImageWriting:
      return {5, 95};
    case PipelineStage::Publishing:
      return {95, 99};
  }
  return {0, 0};
}

void show(api::PipelineStatus& status, std::int32_t percent) {
  status.progress_percent = percent;
  status.progress = std::to_string(percent) + "%";
}

}  // namespace

void take_progress(api::PipelineStatus& status, const contract::Progress& progress) {
  const auto stage = parse_enum<PipelineStage>(progress.stage);
  if (!stage || *stage == PipelineStage::None || *stage < status.stage) return;
  status.stage = *stage;
  const Span span = span_of(*stage);
  const double part =
      progress.total <= 0 ? 0.0 : static_cast<double>(progress.done) / static_cast<double>(progress.total);
  const auto percent = span.from + static_cast<std::int32_t>(std::clamp(part, 0.0, 1.0) * (span.to - span.from));
  show(status, std::max(percent, status.progress_percent));
}

void reset_progress(api::PipelineStatus& status) {
  status.stage = PipelineStage::None;
  status.progress_percent = 0;
  status.progress.clear();
}

void complete_progress(api::PipelineStatus& status) {
  status.stage = PipelineStage::Publishing;
  show(status, 100);
}

}  // namespace visionops::core
