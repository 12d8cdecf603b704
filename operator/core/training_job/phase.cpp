#include "operator/core/training_job/phase.h"

#include <utility>

#include "operator/core/chain.h"
#include "operator/core/summary.h"

namespace visionops::core {

using api::TrainingPhase;
using O = TrainingJobObserved;
using D = TrainingJobDecision;

void progress(const O& o, D& d, TrainingPhase phase, std::string_view reason, const std::string& message) {
  d.status.phase = phase;
  summarize(d.status, {Standing::Progressing, std::string(reason), message}, o.now);
}

void tell(const O& o, D& d, std::string_view type, api::ConditionStatus status, std::string_view reason,
          std::string message) {
  set(d.status.conditions, type, status, reason, std::move(message), o.now);
}

void fail(const O& o, D& d, std::string_view reason, const std::string& message) {
  const auto& before = o.job.status;
  const bool news = before.phase != TrainingPhase::Failed || before.run != d.status.run || before.message != message;
  d.status.phase = TrainingPhase::Failed;
  if (d.status.attempt > 0) d.status.finished_at = o.now;
  summarize(d.status, {Standing::Failed, std::string(reason), message}, o.now);
  if (news) emit(d, cluster::EventType::Warning, reason, message);
}

}  // namespace visionops::core
