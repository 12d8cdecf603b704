#include "operator/core/run/attempt_conditions.h"

#include "operator/core/reasons.h"

namespace visionops::core {

using api::ConditionStatus;
namespace condition = api::condition;

void tell_gpus(const Pass& p, const Attempt& attempt, std::int32_t gpus) {
  if (gpus == 0) return api::clear_condition(p.status.conditions, condition::kGpuAvailable);
  if (attempt.state == AttemptState::Running) {
    tell(p, condition::kGpuAvailable, ConditionStatus::True, reason::kGpuAssigned, std::to_string(gpus) + " per node");
  } else if (attempt.waiting.reason == reason::kUnschedulable) {
    tell(p, condition::kGpuAvailable, ConditionStatus::False, reason::kUnschedulable, attempt.waiting.message);
  } else {
    tell(p, condition::kGpuAvailable, ConditionStatus::Unknown, reason::kGpuPending, "not assigned yet");
  }
}

void tell_queue(const Pass& p, const Attempt& attempt, const std::string& queue) {
  if (queue.empty()) return api::clear_condition(p.status.conditions, condition::kQueued);
  const auto& [why, message] = attempt.waiting;
  if (!p.seen.platform.kueue) {
    tell(p, condition::kQueued, ConditionStatus::False, reason::kQueueNotInstalled,
         "queue " + queue + " has no effect: Kueue is not installed");
  } else if (attempt.job->spec.suspend) {
    const auto* before = api::find_condition(p.before.conditions, condition::kQueued);
    const bool news = before && before->reason != why && why != reason::kQuotaPending;
    if (news) emit(p.out, cluster::EventType::Warning, why, message);
    tell(p, condition::kQueued, ConditionStatus::True, why, message);
  } else {
    tell(p, condition::kQueued, ConditionStatus::False, reason::kAdmitted, "admitted by queue " + queue);
  }
}

void tell_telemetry(const Pass& p, std::optional<TimePoint> heartbeat) {
  /// A sidecar sends at least every few seconds; this long without a word is worth telling.
  constexpr Duration kHealthySilence = std::chrono::seconds(60);
  if (p.seen.platform.telemetry_url.empty()) {
    return api::clear_condition(p.status.conditions, condition::kTelemetryHealthy);
  }
  if (!heartbeat) {
    return tell(p, condition::kTelemetryHealthy, ConditionStatus::Unknown, reason::kWaitingForTelemetry,
                "the sidecar of attempt " + std::to_string(p.status.attempt) + " has not sent anything yet");
  }
  const TimePoint silent_at = *heartbeat + kHealthySilence;
  if (p.seen.now < silent_at) {
    check_at(p.out, silent_at, p.seen.now);
    return tell(p, condition::kTelemetryHealthy, ConditionStatus::True, reason::kReceiving, "the sidecar reports");
  }
  tell(p, condition::kTelemetryHealthy, ConditionStatus::False, reason::kTelemetrySilent,
       "the sidecar is silent since " + format_time(*heartbeat));
}

void clear_attempt_conditions(api::RunStatus& status) {
  for (const auto type : {condition::kTelemetryHealthy, condition::kGpuAvailable, condition::kQueued}) {
    api::clear_condition(status.conditions, type);
  }
}

}  // namespace visionops::core
