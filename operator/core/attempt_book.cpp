#include "operator/core/attempt_book.h"

#include <algorithm>
#include <charconv>

#include "operator/core/reasons.h"

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
const cluster::Pod* orphan_at_work(const Children& children, TimePoint now) {
  for (const auto& pod : children.pods) {
    const bool has_job = std::any_of(children.jobs.begin(), children.jobs.end(), [&](const cluster::Job& job) {
      return std::any_of(pod.meta.owner_references.begin(), pod.meta.owner_references.end(),
                         [&](const api::OwnerReference& o) { return o.uid == job.meta.uid; });
    });
    if (!has_job && is_active(pod, now)) return &pod;
  }
  return nullptr;
}

}  // namespace

FailureOutcome record_failure(AttemptBook book, const Failure& failure, std::int32_t limit, Duration base,
                              TimePoint now) {
  const RetryPlan plan = plan_retry(failure, book.attempt, book.counted_failures, limit, base);
  if (plan.counted) ++book.counted_failures;
  std::string text = "attempt " + std::to_string(book.attempt) + " failed, " + describe(failure);
  if (!plan.retry) {
    if (failure.retry == contract::RetryDecision::Counted) {
      text += "; no retry is left (limit " + std::to_string(limit) + ")";
    }
    return {false, std::move(text)};
  }
  book.retry_at = now + plan.delay;
  text += "; attempt " + std::to_string(book.attempt + 1) + " starts " +
          (plan.delay > Duration::zero() ? "at " + format_time(*book.retry_at) : "now");
  text += plan.counted ? " (failure " + std::to_string(book.counted_failures) + ", limit " + std::to_string(limit) + ")"
                       : " (not counted)";
  return {true, std::move(text)};
}

void stop_jobs(const Children& children, const AttemptBook& book, TimePoint now, std::vector<Action>& actions) {
  for (const auto& job : children.jobs) {
    if (job.meta.deletion_timestamp) continue;
    const bool other_run = label_number(job.meta, kRunLabel) != book.run;
    const bool old = label_number(job.meta, kAttemptLabel) < book.attempt - 1;
    if (other_run || old || is_active(job, children.pods, now)) actions.push_back(deletion(job));
  }
}

bool tells_why_it_waits(const std::vector<api::Condition>& conditions) {
  const auto* ready = api::find_condition(conditions, api::condition::kReady);
  return ready && ready->reason != reason::kStoppingOldJob && ready->reason != reason::kSuspended;
}

std::optional<Waiting> wait_for_orphans(const Children& children, TimePoint now) {
  const auto* pod = orphan_at_work(children, now);
  if (!pod) return std::nullopt;
  return Waiting{std::string(reason::kStoppingOldJob), "waits until Pod " + pod->meta.name + " has stopped"};
}

void clear_name(const ChildOf& child, const std::vector<cluster::Job>& jobs, std::vector<Action>& actions) {
  const std::string name = job_name(child);
  for (const auto& job : jobs) {
    if (job.meta.name == name && !job.meta.deletion_timestamp && !is_of(job, child)) actions.push_back(deletion(job));
  }
}

std::optional<Waiting> prepare_attempt(const Children& children, const AttemptBook& book, TimePoint now,
                                       std::vector<Action>& actions) {
  stop_jobs(children, book, now, actions);
  for (const auto& job : children.jobs) {
    if (is_active(job, children.pods, now)) {
      return Waiting{std::string(reason::kStoppingOldJob), "waits until Job " + job.meta.name + " has stopped"};
    }
  }
  if (auto waiting = wait_for_orphans(children, now)) return waiting;
  if (book.retry_at && now < *book.retry_at) {
    return Waiting{std::string(reason::kRetryScheduled),
                   "attempt " + std::to_string(book.attempt + 1) + " starts at " + format_time(*book.retry_at)};
  }
  return std::nullopt;
}

std::optional<TimePoint> expire_jobs(const Children& children, std::optional<TimePoint> finished_at,
                                     std::optional<std::int64_t> ttl_seconds, TimePoint now,
                                     std::vector<Action>& actions) {
  if (!finished_at || !ttl_seconds || children.jobs.empty()) return std::nullopt;
  const TimePoint due = *finished_at + std::chrono::seconds(*ttl_seconds);
  if (now < due) return due;
  actions.clear();  // what stop_jobs asked for is part of "all"
  for (const auto& job : children.jobs) {
    if (!job.meta.deletion_timestamp) actions.push_back(deletion(job));
  }
  return std::nullopt;
}

}  // namespace visionops::core
