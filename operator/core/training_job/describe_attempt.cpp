#include "operator/core/training_job/describe_attempt.h"

#include "operator/core/reasons.h"
#include "operator/core/run_identity.h"
#include "operator/core/summary.h"
#include "operator/core/training_job/alerts.h"
#include "operator/core/training_job/live_values.h"
#include "operator/core/training_job/phase.h"
#include "operator/core/training_job/runtime.h"

namespace visionops::core {

namespace {

using api::ConditionStatus;
using api::TrainingPhase;
namespace condition = api::condition;
using O = TrainingJobObserved;
using D = TrainingJobDecision;

/// A sidecar sends at least every few seconds; this long without a word is worth telling.
constexpr Duration kHealthySilence = std::chrono::seconds(60);

void judge_telemetry(const O& o, D& d, const TrainingTelemetry* telemetry) {
  if (o.platform.telemetry_url.empty()) return api::clear_condition(d.status.conditions, condition::kTelemetryHealthy);
  if (!telemetry) {
    return tell(o, d, condition::kTelemetryHealthy, ConditionStatus::Unknown, reason::kWaitingForTelemetry,
                "the sidecar of attempt " + std::to_string(d.status.attempt) + " has not sent anything yet");
  }
  const TimePoint silent_at = telemetry->heartbeat + kHealthySilence;
  if (o.now < silent_at) {
    check_at(d, silent_at, o.now);
    return tell(o, d, condition::kTelemetryHealthy, ConditionStatus::True, reason::kReceiving, "the sidecar reports");
  }
  tell(o, d, condition::kTelemetryHealthy, ConditionStatus::False, reason::kTelemetrySilent,
       "the sidecar is silent since " + format_time(telemetry->heartbeat));
}

void describe_gpu(const O& o, D& d, const Attempt& attempt) {
  const std::int32_t gpus = o.job.spec.resources ? o.job.spec.resources->gpus : 0;
  if (gpus == 0) return api::clear_condition(d.status.conditions, condition::kGpuAvailable);
  if (attempt.state == AttemptState::Running) {
    tell(o, d, condition::kGpuAvailable, ConditionStatus::True, reason::kGpuAssigned,
         std::to_string(gpus) + " per node");
  } else if (attempt.waiting.reason == reason::kUnschedulable) {
    tell(o, d, condition::kGpuAvailable, ConditionStatus::False, reason::kUnschedulable, attempt.waiting.message);
  } else {
    tell(o, d, condition::kGpuAvailable, ConditionStatus::Unknown, reason::kGpuPending, "not assigned yet");
  }
}

void describe_queue(const O& o, D& d, const Attempt& attempt) {
  const std::string& queue = o.job.spec.queue;
  if (queue.empty()) return api::clear_condition(d.status.conditions, condition::kQueued);
  if (!o.platform.kueue) {
    tell(o, d, condition::kQueued, ConditionStatus::False, reason::kQueueNotInstalled,
         "queue " + queue + " has no effect: Kueue is not installed");
  } else if (attempt.job->spec.suspend) {
    const auto* before = api::find_condition(o.job.status.conditions, condition::kQueued);
    if (before && before->reason != attempt.waiting.reason && attempt.waiting.reason != reason::kQuotaPending) {
      emit(d, cluster::EventType::Warning, attempt.waiting.reason, attempt.waiting.message);
    }
    tell(o, d, condition::kQueued, ConditionStatus::True, attempt.waiting.reason, attempt.waiting.message);
  } else {
    tell(o, d, condition::kQueued, ConditionStatus::False, reason::kAdmitted, "admitted by queue " + queue);
  }
}

}  // namespace

const TrainingTelemetry* current_telemetry(const O& o, const D& d) {
  const auto& t = o.telemetry;
  if (!t || t->run != d.status.run || t->attempt != d.status.attempt) return nullptr;
  const std::string identity = run_identity(o.job.meta, d.status);
  return t->identity.empty() || t->identity == identity ? &*t : nullptr;
}

void fire_alerts(const O& o, D& d, const TrainingTelemetry& telemetry) {
  for (const auto& fired : evaluate_alerts(o.job.spec.alerts, telemetry.latest, d.status)) {
    emit(d, cluster::EventType::Warning, reason::kAlertFired, fired.message);
    tell(o, d, condition::kAlerting, ConditionStatus::True, reason::kAlertFired, fired.message);
    const auto& meta = o.job.meta;
    d.records.push_back(NotificationRecord{"TrainingJob", meta.namespace_, meta.name, meta.uid, d.status.run,
                                           fired.alert->name, fired.message, fired.alert->notify, o.now});
  }
}

void describe_pending(const O& o, D& d, const Attempt& attempt) {
  describe_gpu(o, d, attempt);
  describe_queue(o, d, attempt);
  const bool queued = attempt.job->spec.suspend;
  if (queued) {  // it may have run before
    api::clear_condition(d.status.conditions, condition::kTelemetryHealthy);
    d.status.eta_seconds = 0;
    d.status.eta.clear();
  }
  progress(o, d, queued ? TrainingPhase::Queued : TrainingPhase::Starting, attempt.waiting.reason,
           attempt.waiting.message);
}

void describe_running(const O& o, D& d, const Attempt& attempt) {
  describe_gpu(o, d, attempt);
  describe_queue(o, d, attempt);
  const auto* telemetry = current_telemetry(o, d);
  if (telemetry) {
    take_telemetry(d.status, *telemetry, best_rule(o.job.spec));
    fire_alerts(o, d, *telemetry);
  }
  judge_telemetry(o, d, telemetry);
  std::string text = "Job " + attempt.job->meta.name + " trains " + o.job.spec.model;
  if (!attempt.waiting.message.empty()) text += "; " + attempt.waiting.message;
  progress(o, d, TrainingPhase::Running, reason::kRunning, text);
}

}  // namespace visionops::core
