#include "operator/core/pipeline/phase.h"

#include "operator/core/chain.h"
#include "operator/core/pipeline/progress.h"
#include "operator/core/reasons.h"
#include "operator/core/summary.h"

namespace visionops::core {

using api::PipelinePhase;
using O = PipelineObserved;
using D = PipelineDecision;

namespace {

void end_run(const O& o, D& d) {
  if (d.status.attempt == 0) return;  // never started: decided anew in each pass
  d.status.finished_at = o.now;
  if (d.status.started_at) d.status.duration = format_age(o.now - *d.status.started_at);
}

}  // namespace

void progress(const O& o, D& d, PipelinePhase phase, std::string_view reason, const std::string& message) {
  d.status.phase = phase;
  summarize(d.status, {Standing::Progressing, std::string(reason), message}, o.now);
}

void fail(const O& o, D& d, std::string_view reason, const std::string& message) {
  const auto& before = o.pipeline.status;
  const bool news = before.phase != PipelinePhase::Failed || before.run != d.status.run || before.message != message;
  d.status.phase = PipelinePhase::Failed;
  summarize(d.status, {Standing::Failed, std::string(reason), message}, o.now);
  end_run(o, d);
  if (news) emit(d, cluster::EventType::Warning, reason, message);
}

void succeed(const O& o, D& d, const std::string& message) {
  d.status.phase = PipelinePhase::Succeeded;
  complete_progress(d.status);
  end_run(o, d);
  summarize(d.status, {Standing::Done, std::string(reason::kSucceeded), message}, o.now);
  emit(d, cluster::EventType::Normal, reason::kSucceeded, message);
}

}  // namespace visionops::core
