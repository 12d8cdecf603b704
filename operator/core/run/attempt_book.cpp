#include "operator/core/run/attempt_book.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.h"
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

/// So many nodes in a row may refuse a run's attempts: free, but not without end.
constexpr std::size_t kMostRefusals = 10;

void note_refusal(api::RunStatus& s, const Failure& failure) {
  if (failure.failure_class != failure::kNodeRefused) return s.refused_by.clear();
  s.refused_by.push_back(failure.node.empty() ? "unknown" : failure.node);
}

/// A Pod whose Job is gone but whose worker may still write; of a former object of this name as well.
const cluster::Pod* orphan_at_work(const RunObserved& seen) {
  for (const auto& pod : seen.predecessors) {
    if (is_active(pod, seen.now)) return &pod;
  }
  for (const auto& pod : seen.pods) {
    const bool has_job = std::any_of(seen.jobs.begin(), seen.jobs.end(), [&](const cluster::Job& job) {
      return std::any_of(pod.meta.owner_references.begin(), pod.meta.owner_references.end(),
                         [&](const api::OwnerReference& o) { return o.uid == job.meta.uid; });
    });
    if (!has_job && is_active(pod, seen.now)) return &pod;
  }
  return nullptr;
}

/// Its end wakes whoever waits; a lost node's Pod has none, and a cut name in a label leads to nobody.
constexpr Duration kNextLookAtOrphan = std::chrono::seconds(15);

}  // namespace

bool in_flight(const api::RunStatus& status) { return status.attempt > 0 && !status.retry_at; }

FailureOutcome record_failure(api::RunStatus& s, const Failure& failure, std::int32_t limit, Duration base,
                              TimePoint now) {
  const RetryPlan plan = plan_retry(failure, s.attempt, s.counted_failures, limit, base);
  s.failure = to_record(failure);
  s.failed_attempts.push_back(
      {s.attempt, failure.failure_class, failure.evidence, failure.exit_code, s.attempt_started_at, now});
  if (s.failed_attempts.size() > api::kMaxFailedAttempts) s.failed_attempts.erase(s.failed_attempts.begin());
  if (plan.counted) ++s.counted_failures;
  note_refusal(s, failure);
  std::string text = "attempt " + std::to_string(s.attempt) + " failed, " + describe(failure);
  if (s.refused_by.size() >= kMostRefusals) {
    return {false, text + "; nodes refused " + std::to_string(s.refused_by.size()) +
                       " attempts in a row: " + join(std::set(s.refused_by.begin(), s.refused_by.end()))};
  }
  if (plan.retry || plan.later) s.retry_at = now + plan.delay;
  if (plan.later) return {false, text + "; looked at again at " + format_time(*s.retry_at)};
  if (!plan.retry) {
    if (failure.retry == contract::RetryDecision::Counted) {
      text += "; no retry is left (limit " + std::to_string(limit) + ")";
    }
    return {false, std::move(text)};
  }
  text += "; attempt " + std::to_string(s.attempt + 1) + " starts " +
          (plan.delay > Duration::zero() ? "at " + format_time(*s.retry_at) : "now");
  text += plan.counted ? " (failure " + std::to_string(s.counted_failures) + ", limit " + std::to_string(limit) + ")"
                       : " (not counted)";
  return {true, std::move(text)};
}

void stop_jobs(const Pass& p) {
  const bool is_over = p.status.finished_at.has_value();  // see end_lingering_pods
  for (const auto& job : p.seen.jobs) {
    if (job.meta.deletion_timestamp) continue;
    const bool other_run = label_number(job.meta, kRunLabel) != p.status.run;
    const bool old = label_number(job.meta, kAttemptLabel) < p.status.attempt - 1;
    const bool holds = is_active(job, p.seen.pods, p.seen.now) || (!is_over && lingers(job, p.seen.pods));
    if (other_run || old || holds) p.out.actions.push_back(deletion(job));
  }
}

bool tells_why_it_waits(const std::vector<api::Condition>& conditions) {
  const auto* ready = api::find_condition(conditions, api::condition::kReady);
  return ready && ready->reason != reason::kStoppingOldJob && ready->reason != reason::kSuspended;
}

std::optional<Waiting> wait_for_orphans(const Pass& p) {
  const auto* pod = orphan_at_work(p.seen);
  if (!pod) return std::nullopt;
  const auto uid = pod->meta.labels.find(std::string(kOwnerUidLabel));
  const bool other = uid != pod->meta.labels.end() && uid->second != p.meta.uid;
  check_at(p.out, p.seen.now + kNextLookAtOrphan, p.seen.now);
  return Waiting{std::string(reason::kStoppingOldJob),
                 "waits until Pod " + pod->meta.name + (other ? " of the former " + p.meta.name : "") + " has stopped"};
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

std::optional<TimePoint> end_lingering_pods(const Pass& p) {
  constexpr Duration kGrace = std::chrono::seconds(30);
  if (!p.status.finished_at) return std::nullopt;
  const TimePoint due = *p.status.finished_at + kGrace;
  for (const auto& job : p.seen.jobs) {
    if (job.meta.deletion_timestamp || !lingers(job, p.seen.pods)) continue;
    if (p.seen.now < due) return due;
    p.out.actions.push_back(deletion(job));
    emit(p.out, cluster::EventType::Warning, reason::kPodsEnded,
         "Job " + job.meta.name + " is removed: its worker has ended, but another container keeps its Pod running");
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
