#include "operator/core/run/steps.h"

#include <algorithm>
#include <utility>

#include "operator/core/run/run_history.h"
#include "operator/core/run/summary.h"

namespace visionops::core {

using api::Phase;
using cluster::EventType;

bool is_finished(const api::RunStatus& status) {
  return status.attempt > 0 && (status.phase == Phase::Succeeded || status.phase == Phase::Failed);
}

bool same_phase_of_run(const api::RunStatus& a, const api::RunStatus& b) {
  return a.phase == b.phase && a.run == b.run && a.attempt == b.attempt;
}

void follow_run(api::RunStatus& next, const api::RunStatus& former, std::string spec_hash, std::string result) {
  next.run = former.run + 1;
  next.spec_hash = std::move(spec_hash);
  next.runs = archive_run(former, std::move(result));
}

void tell_begin(const Pass& p) {
  p.out.status_first = true;
  if (p.status.run == 1) return;
  emit(p.out, EventType::Normal, reason::kRunStarted, "run " + std::to_string(p.status.run) + " begins");
}

Next rest(const Pass& p, const Steering& steering) {
  stop_jobs(p);
  for (const auto& due : {end_lingering_pods(p), expire_jobs(p, steering.ttl_seconds), p.status.retry_at}) {
    if (due && *due > p.seen.now) check_at(p.out, *due, p.seen.now);
  }
  return Next::Stop;
}

namespace {

/// Whether the spec now gives more time than the last attempt took; `limit` is absent when there is no bound any more.
bool has_more_time(const api::RunStatus& s, std::optional<std::int64_t> limit) {
  if (!limit || !s.finished_at || !s.attempt_started_at) return !limit;
  return std::chrono::seconds(*limit) > *s.finished_at - *s.attempt_started_at;
}

}  // namespace

bool begins_again(const Pass& p, const Steering& steering, const std::string& resources) {
  const auto& s = p.status;
  if (s.phase != Phase::Failed || steering.suspend || !s.failure) return false;
  if (s.retry_at) return p.seen.now >= *s.retry_at;
  if (p.meta.generation == s.observed_generation) return false;
  const auto failed_of = parse_enum<contract::FailureClass>(s.failure->failure_class);
  if (!failed_of) return false;
  using enum contract::FailureClass;
  const auto deadlines = steering.deadlines.value_or(api::Deadlines{});
  if (*failed_of == DeadlineExceeded) return has_more_time(s, deadlines.active_seconds);
  if (*failed_of == PendingDeadlineExceeded) return has_more_time(s, deadlines.pending_seconds);
  const bool counted = contract::meaning_of(*failed_of).retry == contract::RetryDecision::Counted;
  const bool may_retry = counted && s.counted_failures <= steering.retry_limit;
  return may_retry || (!s.resources_hash.empty() && s.resources_hash != resources);
}

void begin_again(const Pass& p) {
  p.status.retry_at = std::min(p.status.retry_at.value_or(p.seen.now), p.seen.now);
  p.status.finished_at.reset();
  p.status.duration.clear();
  p.status.refused_by.clear();
  p.status.phase = Phase::Pending;
}

void give_up_attempt(const Pass& p) {
  p.status.retry_at = p.seen.now;
  emit(p.out, EventType::Normal, reason::kResourcesChanged,
       "attempt " + std::to_string(p.status.attempt) +
           " is stopped: what its Pods are asked for has changed (resources, profile, secrets, mounts)");
}

Waiting refused_creation(const Pass& p) {
  if (p.seen.refused.empty()) return {};
  return {std::string(reason::kCreateRefused), p.seen.refused};
}

void tell_refused(const Pass& p) {
  p.out.status_first = true;  // the next try may be refused as well
  progress(p, Phase::Pending, reason::kCreateRefused,
           "the cluster refuses what this run needs, and is asked again: " + p.seen.refused);
}

Next pause(const Pass& p, const std::string& goes_on) {
  const bool news = p.before.phase != Phase::Suspended;
  if (in_flight(p.status)) p.status.retry_at = p.seen.now;  // the attempt is over, without a failure
  stop_jobs(p);
  const std::string text =
      "suspended; set spec.suspend to false to go on with run " + std::to_string(p.status.run) + goes_on;
  progress(p, Phase::Suspended, reason::kSuspended, text);
  if (news) emit(p.out, EventType::Normal, reason::kSuspended, text);
  return Next::Stop;
}

Next resume(const Pass& p) {
  if (p.status.phase == Phase::Suspended) emit(p.out, EventType::Normal, reason::kResumed, "resumed");
  return Next::Continue;
}

Next wait_for_inputs(const Pass& p, const Waiting& missing) {
  stop_jobs(p);
  tell(p, api::condition::kInputsReady, api::ConditionStatus::False, missing.reason, missing.message);
  progress(p, Phase::Pending, missing.reason, "waits for its inputs: " + missing.message);
  return Next::Stop;
}

Next wait_to_start(const Pass& p, const Waiting& waiting) {
  const bool retry = waiting.reason == reason::kRetryScheduled;
  if (retry) check_at(p.out, *p.status.retry_at, p.seen.now);
  if (retry && tells_why_it_waits(p.status.conditions)) return Next::Stop;
  std::string text = waiting.message;
  if (const auto& why = p.status.failure; why && retry) text += " after " + why->failure_class + ": " + why->evidence;
  progress(p, Phase::Pending, waiting.reason, text);
  return Next::Stop;
}

void count_attempt(const Pass& p) {
  ++p.status.attempt;
  p.status.attempt_started_at = p.seen.now;
  p.status.retry_at.reset();
  if (!p.status.started_at) p.status.started_at = p.seen.now;
  p.out.status_first = true;
}

cluster::Job create_job(const Pass& p, const ChildOf& child, WorkerPod pod) {
  clear_name(p, child);
  if (auto service = peers_service(child, pod)) p.out.actions.push_back(CreateService{std::move(*service)});
  cluster::Job job = make_job(child, std::move(pod), p.seen.platform);
  p.out.actions.push_back(CreateJob{job});
  return job;
}

void tell_start(const Pass& p, const cluster::Job& job, const std::string& purpose) {
  progress(p, job.spec.suspend ? Phase::Queued : Phase::Starting, reason::kJobCreated,
           "Job " + job.meta.name + " is created" + purpose);
  emit(p.out, EventType::Normal, reason::kJobCreated, p.status.message);
}

void account_for(const Pass& p, const Failure& failure, std::int32_t retry_limit,
                 const std::optional<Refusal>& last_words) {
  const auto outcome = record_failure(p.status, failure, retry_limit, p.seen.platform.retry_backoff, p.seen.now);
  if (last_words) return fail(p, last_words->reason, last_words->message);
  if (!outcome.retry) return fail(p, failure.failure_class, outcome.message);
  progress(p, Phase::Pending, failure.failure_class, outcome.message);
  emit(p.out, EventType::Warning, failure.failure_class, outcome.message);
}

void close(const Pass& p, std::string_view done_reason) {
  const bool failed = p.status.phase == Phase::Failed;
  if (p.status.phase == Phase::Succeeded) {
    restore_summary(p.status, Standing::Done, done_reason, p.seen.now);
  } else {
    restore_summary(p.status, failed ? Standing::Failed : Standing::Progressing,
                    failed ? std::string_view(failure::kUnknown) : reason::kStarting, p.seen.now);
  }
  p.status.observed_generation = p.meta.generation;
  stamp_generation(p.status.conditions, p.meta.generation);
}

}  // namespace visionops::core
