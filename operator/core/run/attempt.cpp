#include "operator/core/run/attempt.h"

#include <algorithm>
#include <set>

#include "operator/cluster/sidecar_state.h"
#include "operator/core/reasons.h"

namespace visionops::core {

namespace {

using cluster::Pod;
using cluster::PodPhase;

bool belongs_to(const Pod& pod, const cluster::Job& job) {
  const auto& owners = pod.meta.owner_references;
  return std::any_of(owners.begin(), owners.end(), [&](const api::OwnerReference& o) { return o.uid == job.meta.uid; });
}

std::vector<const Pod*> pods_of(const cluster::Job& job, const std::vector<Pod>& pods) {
  std::vector<const Pod*> out;
  for (const auto& pod : pods) {
    if (belongs_to(pod, job)) out.push_back(&pod);
  }
  std::sort(out.begin(), out.end(), [](const Pod* a, const Pod* b) {
    return std::pair(a->completion_index, a->meta.name) < std::pair(b->completion_index, b->meta.name);
  });
  return out;
}

bool worker_done(const Pod& pod) {
  const auto* worker = cluster::worker_state(pod);
  if (worker && worker->terminated) return worker->exit_code == 0 && worker->signal == 0;
  return pod.phase == PodPhase::Succeeded;
}

bool worker_runs(const Pod& pod) {
  const auto* worker = cluster::worker_state(pod);
  return worker ? worker->running : pod.phase == PodPhase::Running;
}

bool worker_ended(const Pod& pod) {
  const auto* worker = cluster::worker_state(pod);
  return (worker && worker->terminated) || pod.phase == PodPhase::Succeeded || pod.phase == PodPhase::Failed;
}

/// A Pod that a queue has taken back: its Job was suspended, and the Job controller removes its Pods without
/// counting how they end. Somebody's `kubectl delete pod` looks the same until the Job fails for it.
bool taken_back(const Pod& pod, const cluster::Job& job) {
  return !job.spec.pod.queue.empty() && pod.meta.deletion_timestamp && !pod.disrupted && !worker_done(pod) &&
         !job.status.failed_condition;
}

bool is_image_reason(const std::string& reason) {
  return reason == "ImagePullBackOff" || reason == "ErrImagePull" || reason == "InvalidImageName" ||
         reason == "ErrImageNeverPull" || reason == "ImageInspectError" || reason == "RegistryUnavailable";
}

bool is_config_reason(const std::string& reason) {
  return reason == "CreateContainerConfigError" || reason == "CreateContainerError" || reason == "RunContainerError";
}

bool is_volume_reason(const std::string& reason) { return reason == "FailedMount" || reason == "FailedAttachVolume"; }

/// The first container that says why it does not start; else what the node or the volumes say.
Waiting waiting_of(const Pod& pod) {
  if (pod.unschedulable) {
    return {std::string(reason::kUnschedulable), "Pod " + pod.meta.name + " cannot be scheduled: " + pod.message};
  }
  for (const auto& container : pod.containers) {
    const bool image = is_image_reason(container.reason);
    if (container.running || container.terminated || (!image && !is_config_reason(container.reason))) continue;
    std::string text = "container " + container.name + " of Pod " + pod.meta.name + " waits: " + container.reason;
    if (!container.message.empty()) text += ", " + container.message;
    return {std::string(image ? reason::kImagePullError : reason::kContainerConfigError), std::move(text)};
  }
  const std::string node = pod.node.empty() ? "" : " on node " + pod.node;
  if (!pod.warning.empty()) {
    return {std::string(is_volume_reason(pod.warning_reason) ? reason::kVolumeNotReady : reason::kPodNotStarted),
            "Pod " + pod.meta.name + " does not start" + node + ": " + pod.warning_reason + ", " + pod.warning};
  }
  std::string text = "Pod " + pod.meta.name + " starts" + node;
  if (!pod.message.empty()) text += ": " + pod.message;
  return {std::string(reason::kStarting), std::move(text)};
}

/// Before the first Pod. The words are the API server's, in an event about the Job.
Waiting waiting_for_pods(const cluster::Job& job) {
  const std::string& why = job.status.message;
  const std::string text = "Job " + job.meta.name + " exists; its Pods do not yet";
  if (why.empty()) return {std::string(reason::kJobCreated), text};
  const bool quota = why.find("exceeded quota") != std::string::npos;
  return {std::string(quota ? reason::kQuotaExceeded : reason::kPodsRefused), text + ": " + why};
}

/// What holds the attempt up: a Pod that needs help tells more than one that merely starts.
Waiting waiting_of(const Attempt& attempt) {
  const std::string& job = attempt.job->meta.name;
  if (attempt.job->spec.suspend) {
    return {std::string(reason::kQuotaPending),
            "Job " + job + " waits for quota" +
                (attempt.job->status.message.empty() ? "" : ": " + attempt.job->status.message)};
  }
  Waiting first;
  for (const auto* pod : attempt.pods) {
    if (worker_runs(*pod) || worker_ended(*pod)) continue;
    Waiting w = waiting_of(*pod);
    if (w.reason != reason::kStarting) return w;
    if (first.reason.empty()) first = std::move(w);
  }
  return first.reason.empty() && attempt.pods.empty() ? waiting_for_pods(*attempt.job) : first;
}

/// Failures of Pods; of the Job when it failed and its Pods are gone.
std::vector<Failure> failures_of(const Attempt& attempt, TimePoint now) {
  std::vector<Failure> out;
  for (const auto* pod : attempt.pods) {
    if (has_failed(*pod) || is_lost(*pod, now)) out.push_back(judge_failed_pod(*pod));
  }
  if (out.empty() && attempt.job->status.failed_condition) {
    const auto& status = attempt.job->status;
    out.push_back(failure_of(failure::kNodeLost, "Job " + attempt.job->meta.name + " failed and its Pods are gone" +
                                                     (status.reason.empty() ? "" : " (" + status.reason + ")") +
                                                     (status.message.empty() ? "" : ": " + status.message)));
  }
  return out;
}

/// One Pod per completion index is enough: a replaced Pod may lie beside its successor.
bool all_done(const Attempt& attempt) {
  std::set<std::int32_t> done;
  for (const auto* pod : attempt.pods) {
    if (worker_done(*pod)) done.insert(pod->completion_index);
  }
  return static_cast<std::int32_t>(done.size()) >= std::max(attempt.job->spec.completions, 1);
}

/// A result that names no run is of a worker of an earlier version; its Pod tells whose it is.
void collect_results(Attempt& attempt, const std::string& identity) {
  for (const auto* pod : attempt.pods) {
    const auto* worker = cluster::worker_state(*pod);
    if (!worker_done(*pod) || !worker) continue;
    auto result = contract::decode_run_result(worker->message);
    if (!result) continue;
    if (!result->identity.empty() && !identity.empty() && result->identity != identity) {
      attempt.foreign_result = "the result of Pod " + pod->meta.name + " is of another run (identity " +
                               result->identity + ", this run is " + identity + ")";
      continue;
    }
    attempt.results.push_back(std::move(*result));
  }
}

std::optional<TimePoint> earliest_overdue(const std::vector<const Pod*>& pods) {
  std::optional<TimePoint> out;
  for (const auto* pod : pods) {
    const auto at = worker_ended(*pod) ? std::nullopt : overdue_at(*pod);
    if (at && (!out || *at < *out)) out = at;
  }
  return out;
}

/// How long a start may take before its steps are told.
constexpr Duration kNormalStart = std::chrono::seconds(10);

/// A quota that is full may stay so for hours.
constexpr Duration kNextLook = std::chrono::seconds(15);

/// What a node says of a Pod that it starts is news within seconds.
constexpr Duration kNextLookAtStart = std::chrono::seconds(5);

void look_again(Attempt& attempt, TimePoint at) {
  attempt.look_again_at = std::min(attempt.look_again_at.value_or(at), at);
}

void allow_normal_start(Attempt& attempt, TimePoint now) {
  if (!attempt.job->spec.pod.queue.empty()) return;  // that its queue has admitted it is news
  const std::string& why = attempt.waiting.reason;
  const TimePoint end = attempt.job->meta.creation_timestamp + kNormalStart;
  attempt.starts_normally = (why == reason::kJobCreated || why == reason::kStarting) && now < end;
  if (attempt.starts_normally) look_again(attempt, end);
  // Nothing wakes us for an event about the Job: it is looked for.
  const bool starting = std::ranges::any_of(attempt.pods, [](const Pod* p) { return !p->node.empty(); });
  if (starting) look_again(attempt, now + kNextLookAtStart);
  const TimePoint overdue = attempt.job->meta.creation_timestamp + kPodsAreOverdue;
  if (attempt.pods.empty() && !attempt.job->spec.suspend)
    look_again(attempt, now < overdue ? overdue : now + kNextLook);
}

}  // namespace

std::optional<TimePoint> overdue_at(const Pod& pod) {
  constexpr Duration kPatience = std::chrono::seconds(30);
  if (!pod.disrupted || !pod.meta.deletion_timestamp) return std::nullopt;
  return *pod.meta.deletion_timestamp + kPatience;
}

bool is_told(const Attempt& attempt, const std::vector<api::Condition>& conditions) {
  const auto* ready = api::find_condition(conditions, api::condition::kReady);
  return attempt.starts_normally && ready && ready->reason == reason::kJobCreated;
}

bool is_lost(const Pod& pod, TimePoint now) {
  if (worker_ended(pod)) return false;
  const auto at = overdue_at(pod);
  return pod.reason == "NodeLost" || (at && now >= *at);
}

bool is_active(const Pod& pod, TimePoint now) { return !worker_ended(pod) && !is_lost(pod, now); }

Attempt observe_attempt(const ChildOf& child, const std::vector<cluster::Job>& jobs, const std::vector<Pod>& pods,
                        TimePoint now) {
  Attempt out;
  const auto it = std::find_if(jobs.begin(), jobs.end(), [&](const cluster::Job& j) { return is_of(j, child); });
  if (it == jobs.end()) return out;
  out.job = &*it;
  out.pods = pods_of(*it, pods);
  std::erase_if(out.pods, [&](const Pod* p) { return taken_back(*p, *it); });
  for (const auto* pod : out.pods) out.running += worker_runs(*pod) ? 1 : 0;
  collect_results(out, child.identity);
  if (out.job->status.complete || all_done(out)) {
    out.state = AttemptState::Succeeded;
  } else if (out.job->spec.suspend && !out.job->status.failed_condition) {
    out.state = AttemptState::Pending;
    out.waiting = waiting_of(out);
  } else if (auto failures = failures_of(out, now); !failures.empty()) {
    out.state = AttemptState::Failed;
    out.failure = root_cause(std::move(failures));
  } else {
    const bool begun = std::ranges::any_of(
        out.pods, [](const Pod* p) { return worker_runs(*p) || worker_done(*p) || cluster::is_prepared(*p); });
    out.state = begun ? AttemptState::Running : AttemptState::Pending;
    out.waiting = waiting_of(out);
    out.look_again_at = earliest_overdue(out.pods);
    if (out.state == AttemptState::Pending) allow_normal_start(out, now);
  }
  return out;
}

Failure result_lost(const Attempt& attempt, const std::string& otherwise) {
  return failure_of(failure::kResultLost, "Job " + attempt.job->meta.name + " is done, but " +
                                              (attempt.foreign_result.empty() ? otherwise : attempt.foreign_result));
}

bool lingers(const Pod& pod) {
  const auto* worker = cluster::worker_state(pod);
  if (pod.phase == PodPhase::Succeeded || pod.phase == PodPhase::Failed || !worker || !worker->terminated) return false;
  return std::ranges::any_of(pod.containers, [](const cluster::ContainerState& c) {
    return c.running && c.name != cluster::kWorkerContainer && c.name != cluster::kSidecarContainer;
  });
}

bool lingers(const cluster::Job& job, const std::vector<Pod>& pods) {
  return std::ranges::any_of(pods_of(job, pods), [](const Pod* p) { return lingers(*p); });
}

bool is_active(const cluster::Job& job, const std::vector<Pod>& pods, TimePoint now) {
  if (job.status.complete || job.status.failed_condition) return false;
  const auto own = pods_of(job, pods);
  return own.empty() || std::any_of(own.begin(), own.end(), [&](const Pod* p) { return is_active(*p, now); });
}

}  // namespace visionops::core
