#include "operator/core/run/deadline.h"

#include <algorithm>

namespace visionops::core {

namespace {

std::optional<TimePoint> pending_since(const cluster::Job& job) {
  if (job.spec.suspend) return std::nullopt;
  if (job.status.start_time) return job.status.start_time;
  // A queue may have held the Job since its creation; its start comes with the Job controller's next look.
  if (!job.spec.pod.queue.empty()) return std::nullopt;
  if (job.meta.creation_timestamp != TimePoint{}) return job.meta.creation_timestamp;
  return std::nullopt;
}

/// One bound: expired with `failure_class`, or the moment at which it would be.
void check(DeadlineCheck& out, std::optional<TimePoint> since, std::optional<std::int64_t> seconds, TimePoint now,
           const char* failure_class, const std::string& what) {
  if (!since || !seconds || out.expired) return;
  const TimePoint at = *since + std::chrono::seconds(*seconds);
  if (now >= at) {
    out.expired =
        failure_of(failure_class, what + " within " + std::to_string(*seconds) + " s, since " + format_time(*since));
  } else {
    out.next = out.next ? std::min(*out.next, at) : at;
  }
}

std::string pending_text(const Attempt& attempt) {
  const std::string text = "no worker of Job " + attempt.job->meta.name + " ran";
  return attempt.waiting.message.empty() ? text : text + " (" + attempt.waiting.message + ")";
}

}  // namespace

std::optional<TimePoint> running_since(const Attempt& attempt) {
  std::optional<TimePoint> since;
  for (const auto* pod : attempt.pods) {
    if (pod->start_time) since = since ? std::min(*since, *pod->start_time) : *pod->start_time;
  }
  if (since || !attempt.job) return since;
  return pending_since(*attempt.job);
}

DeadlineCheck check_deadlines(const std::optional<api::Deadlines>& deadlines, const Attempt& attempt,
                              std::optional<TimePoint> heartbeat, TimePoint now) {
  DeadlineCheck out;
  if (!deadlines) return out;
  check(out, attempt.refused_since, deadlines->pending_seconds, now, failure::kPendingDeadlineExceeded,
        "no Job could be created (" + attempt.waiting.message + ")");
  if (!attempt.job) return out;
  if (attempt.state == AttemptState::Pending) {
    check(out, pending_since(*attempt.job), deadlines->pending_seconds, now, failure::kPendingDeadlineExceeded,
          pending_text(attempt));
  }
  if (attempt.state == AttemptState::Running) {
    const auto since = running_since(attempt);
    check(out, since, deadlines->active_seconds, now, failure::kDeadlineExceeded,
          "Job " + attempt.job->meta.name + " did not end");
    const auto alive = heartbeat && since ? std::max(*heartbeat, *since) : (heartbeat ? heartbeat : since);
    check(out, alive, deadlines->silence_seconds, now, failure::kHung,
          "Job " + attempt.job->meta.name + " gave no sign of life");
  }
  return out;
}

}  // namespace visionops::core
