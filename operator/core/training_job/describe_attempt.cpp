#include "operator/core/training_job/describe_attempt.h"

#include "operator/core/reasons.h"
#include "operator/core/run/attempt_conditions.h"
#include "operator/core/run/run_identity.h"
#include "operator/core/training_job/alerts.h"
#include "operator/core/training_job/live_values.h"

namespace visionops::core {

using api::Phase;
namespace condition = api::condition;
using O = TrainingJobObserved;
using D = TrainingJobDecision;

namespace {

void tell_resources(const O& o, D& d, const Attempt& attempt) {
  tell_gpus({o, d}, attempt, o.job.spec.resources ? o.job.spec.resources->gpus : 0);
  tell_queue({o, d}, attempt, o.job.spec.queue);
}

}  // namespace

const TrainingTelemetry* current_telemetry(const O& o, const api::TrainingJobStatus& status) {
  const auto& t = o.telemetry;
  if (!t || t->run != status.run || t->attempt != status.attempt) return nullptr;
  const std::string identity = run_identity(o.job.meta, status);
  return t->identity.empty() || t->identity == identity ? &*t : nullptr;
}

void fire_alerts(const O& o, D& d, const TrainingTelemetry& telemetry) {
  for (const auto& fired : evaluate_alerts(o.job.spec.alerts, telemetry.latest, d.status)) {
    emit(d, cluster::EventType::Warning, reason::kAlertFired, fired.message);
    tell({o, d}, condition::kAlerting, api::ConditionStatus::True, reason::kAlertFired, fired.message);
    const auto& meta = o.job.meta;
    d.records.push_back(NotificationRecord{"TrainingJob", meta.namespace_, meta.name, meta.uid, d.status.run,
                                           fired.alert->name, fired.message, o.now});
  }
}

void describe_pending(const O& o, D& d, const Attempt& attempt) {
  tell_resources(o, d, attempt);
  const bool queued = attempt.job->spec.suspend;
  if (queued) {  // it may have run before
    api::clear_condition(d.status.conditions, condition::kTelemetryHealthy);
    d.status.eta_seconds = 0;
    d.status.eta.clear();
  }
  progress({o, d}, queued ? Phase::Queued : Phase::Starting, attempt.waiting.reason, attempt.waiting.message);
}

void describe_running(const O& o, D& d, const Attempt& attempt) {
  tell_resources(o, d, attempt);
  const auto* telemetry = current_telemetry(o, d.status);
  if (telemetry) {
    take_telemetry(d.status, *telemetry, best_rule(o.job.spec));
    fire_alerts(o, d, *telemetry);
  }
  tell_telemetry({o, d}, telemetry ? std::optional(telemetry->heartbeat) : std::nullopt);
  std::string text = "Job " + attempt.job->meta.name + " trains " + o.job.spec.model;
  if (!attempt.waiting.message.empty()) text += "; " + attempt.waiting.message;
  progress({o, d}, Phase::Running, reason::kRunning, text);
}

}  // namespace visionops::core
