#include "operator/core/run/attempt_book.h"

#include <algorithm>
#include <charconv>

#include "operator/core/reasons.h"
#include "operator/core/reconcile.h"
#include "operator/core/run/retry_policy.h"

namespace visionops::core {

namespace {

std::int64_t label_number(const api::ObjectMeta& meta, std::string_view label) {
  const auto it = meta.labels.find(std::string(label));
  std::int64_t out = 0;
  if (it != meta.labels.end()) std::from_chars(it->second.data(), it->second.data() + it->second.size(), out);
  return out;
}

Action deletion(const cluster::Job& job) { return DeleteJob{job.meta.name, job.meta.uid}; }

/// A Pod whose Job is gone but whose worker may still write.
const cluster::Pod* orphan_at_work(const RunObserved& seen) {
  for (const auto& pod : seen.pods) {
    const bool has_job = std::any_of(seen.jobs.begin(), seen.jobs.end(), [&](const cluster::Job& job) {
      return std::any_of(pod.meta.owner_references.begin(), pod.meta.owner_references.end(),
                         [&](const api::OwnerReference& o) { return o.uid == job.meta.uid; });
    });
    if (!has_job && is_active(pod, seen.now)) return &pod;
  }
  return nullptr;
}

}  // namespace

bool in_flight(const api::RunStatus& status) { return status.attempt > 0 && !status.retry_at; }

FailureOutcome record_failure(api::RunStatus& s, const Failure& failure, std::int32_t limit, Duration base,
                              TimePoint now) {
  const RetryPlan plan = plan_retry(failure, s.attempt, s.counted_failures, limit, base);
  s.failure = to_record(failure);
  if (plan.counted) ++s.counted_failures;
  std::string text = "attempt " + std::to_string(s.attempt) + " failed, " + describe(failure);
  if (!plan.retry) {
    if (failure.retry == contract::RetryDecision::Counted) {
      text += "; no retry is left (limit " + std::to_string(limit) + ")";
    }
    return {false, std::move(text)};
  }
  s.retry_at = now + plan.delay;
  text += "; attempt " + std::to_string(s.attempt + 1) + " starts " +
          (plan.delay > Duration::zero() ? "at " + format_time(*s.retry_at) : "now");
  text += plan.counted ? " (failure " + std::to_string(s.counted_failures) + ", limit " + std::to_string(limit) + ")"
                       : " (not counted)";
  return {true, std::move(text)};
}

void stop_jobs(const Pass& p) {
  for (const auto& job : p.seen.jobs) {
    if (job.meta.deletion_timestamp) continue;
    const bool other_run = label_number(job.meta, kRunLabel) != p.status.run;
    const bool old = label_number(job.meta, kAttemptLabel) < p.status.attempt - 1;
    if (other_run || old || is_active(job, p.seen.pods, p.seen.now)) p.out.actions.push_back(deletion(job));
  }
}

bool tells_why_it_waits(const std::vector<api::Condition>& conditions) {
  const auto* ready = api::find_condition(conditions, api::condition::kReady);
  return ready && ready->reason != reason::kStoppingOldJob && ready->reason != reason::kSuspended;
}

std::optional<Waiting> wait_for_orphans(const Pass& p) {
  const auto* pod = orphan_at_work(p.seen);
  if (!pod) return std::nullopt;
  return Waiting{std::string(reason::kStoppingOldJob), "waits until Pod " + pod->meta.name + " has stopped"};
}

void clear_name(const Pass& p, const ChildOf& child) {
  const std::string name = job_name(child);
  for (const auto& job : p.seen.jobs) {
    if (job.meta.name == name && !job.meta.deletion_timestamp && !is_of(job, child)) {
      p.out.actions.push_back(deletion(job));
    }
  }
}

std::optional<Waiting> prepare_attempt(const Pass& p) {
  stop_jobs(p);
  for (const auto& job : p.seen.jobs) {
    if (is_active(job, p.seen.pods, p.seen.now)) {
      return Waiting{std::string(reason::kStoppingOldJob), "waits until Job " + job.meta.name + " has stopped"};
    }
  }
  if (auto waiting = wait_for_orphans(p)) return waiting;
  if (p.status.retry_at && p.seen.now < *p.status.retry_at) {
    return Waiting{std::string(reason::kRetryScheduled),
                   "attempt " + std::to_string(p.status.attempt + 1) + " starts at " + format_time(*p.status.retry_at)};
  }
  return std::nullopt;
}

std::optional<TimePoint> expire_jobs(const Pass& p, std::optional<std::int64_t> ttl_seconds) {
  if (!p.status.finished_at || !ttl_seconds || p.seen.jobs.empty()) return std::nullopt;
  const TimePoint due = *p.status.finished_at + std::chrono::seconds(*ttl_seconds);
  if (p.seen.now < due) return due;
  p.out.actions.clear();  // what stop_jobs asked for is part of "all"
  for (const auto& job : p.seen.jobs) {
    if (!job.meta.deletion_timestamp) p.out.actions.push_back(deletion(job));
  }
  return std::nullopt;
}

}  // namespace visionops::core
