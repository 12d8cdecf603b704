#include "operator/local/job_controller/job_controller.h"

#include <algorithm>
#include <unordered_map>

#include "operator/local/job_controller/job_pods.h"

namespace visionops::local {
namespace {

using cluster::Job;
using cluster::Pod;
using PodsByOwner = std::unordered_map<std::string, std::vector<const Pod*>>;

constexpr Duration kWriteRetry = std::chrono::seconds(1);

void keep_earlier(std::optional<TimePoint>& due, std::optional<TimePoint> candidate) {
  if (candidate && (!due || *candidate < *due)) due = candidate;
}

/// One Job in one step. Writes go to the store at once; a failed write asks for another step.
class JobPass {
 public:
  JobPass(ObjectStore& store, const Job& job, std::vector<const Pod*> pods, TimePoint now)
      : store_(store), job_(job), status_(job.status), pods_(sort_pods(pods)), all_(std::move(pods)), now_(now) {}

  std::optional<TimePoint> run() {
    if (job_.meta.deletion_timestamp) {
      // Held by a finalizer of somebody else: its Pods end already now, as in Kubernetes.
      give_up_all();
    } else if (job_.status.complete || job_.status.failed_condition) {
      clean_up();
    } else if (job_.spec.suspend) {
      suspend();
    } else {
      advance();
    }
    return due_;
  }

 private:
  void suspend() {
    if (job_.status.start_time) say(cluster::EventType::Normal, "Suspended", "Job suspended");
    give_up_all();
    status_ = {};
    write_status();
  }

  void advance() {
    if (!status_.start_time) status_.start_time = std::chrono::floor<std::chrono::seconds>(now_);
    if (const auto failure = failure_of(); !failure.first.empty()) return fail(failure.first, failure.second);
    if (pods_.succeeded.size() >= static_cast<std::size_t>(job_.spec.completions)) return complete();
    create_missing();
    count();
    write_status();
    if (job_.spec.active_deadline_seconds) keep_earlier(due_, deadline());
  }

  [[nodiscard]] TimePoint deadline() const {
    return *status_.start_time + std::chrono::seconds(job_.spec.active_deadline_seconds.value_or(0));
  }

  /// Reason and message; empty while nothing has failed. Pods that the deadline ended do not hide it.
  [[nodiscard]] std::pair<std::string, std::string> failure_of() const {
    const auto by_itself = std::find_if(pods_.failed.begin(), pods_.failed.end(),
                                        [](const Pod* pod) { return !pod->meta.deletion_timestamp; });
    const bool late = job_.spec.active_deadline_seconds && now_ >= deadline();
    if (late && by_itself == pods_.failed.end()) {
      return {"DeadlineExceeded", "the Job was active longer than its deadline of " +
                                      std::to_string(*job_.spec.active_deadline_seconds) + " s"};
    }
    if (pods_.failed.empty()) return {};
    const Pod* pod = by_itself == pods_.failed.end() ? pods_.failed.front() : *by_itself;
    return {"BackoffLimitExceeded", "Pod " + pod->meta.name + " failed; the Job has reached its backoff limit of 0"};
  }

  /// Ends the other Pods first: a failed Job that still works would meet its successor.
  void fail(const std::string& reason, const std::string& message) {
    for (const Pod* pod : pods_.active) delete_pod(*pod);
    count();
    if (pods_.active.empty() && pods_.terminating.empty()) {
      status_.failed_condition = true;
      status_.reason = reason;
      status_.message = message;
      status_.completion_time = std::chrono::floor<std::chrono::seconds>(now_);
      if (write_status()) say(cluster::EventType::Warning, reason, message);
    } else {
      write_status();
    }
  }

  void complete() {
    count();
    status_.complete = true;
    status_.reason = "CompletionsReached";
    status_.completion_time = std::chrono::floor<std::chrono::seconds>(now_);
    if (write_status()) say(cluster::EventType::Normal, "Completed", "Job completed");
  }

  void create_missing() {
    auto running = static_cast<std::int32_t>(pods_.active.size() + pods_.terminating.size());
    for (std::int32_t index = 0; index < job_.spec.completions && running < job_.spec.parallelism; ++index) {
      if (pods_.present.contains(index)) continue;
      ++running;
      const Pod pod = pod_of(job_, index);
      const auto created = store_.create(pod);
      if (created) {
        ++created_;
        say(cluster::EventType::Normal, "SuccessfulCreate", "Created pod: " + pod.meta.name);
      } else if (created.error().cls == ErrorClass::AlreadyExists) {
        continue;  // a predecessor of that name still ends; its removal asks for the next step
      } else {
        say(cluster::EventType::Warning, "FailedCreate",
            "Error creating pod " + pod.meta.name + ": " + created.error().message);
        retry();
      }
    }
  }

  /// TTL, and the Pods that are counted by now.
  void clean_up() {
    for (const Pod* pod : all_) {
      if (!ended(*pod)) delete_pod(*pod);
      if (tracked(*pod)) untrack(*pod);
    }
    if (!job_.spec.ttl_seconds_after_finished || !job_.status.completion_time) return;
    const TimePoint due = *job_.status.completion_time + std::chrono::seconds(*job_.spec.ttl_seconds_after_finished);
    if (now_ < due) return keep_earlier(due_, due);
    check(store_.remove(cluster::key_of(job_), {job_.meta.uid, std::nullopt}));
  }

  /// Not tracked any more: these Pods count neither for nor against the Job.
  void give_up_all() {
    for (const Pod* pod : all_) {
      if (!pod->meta.deletion_timestamp) delete_pod(*pod);
      if (tracked(*pod)) untrack(*pod);
    }
  }

  void count() {
    status_.active = static_cast<std::int32_t>(pods_.active.size()) + created_;
    status_.succeeded = static_cast<std::int32_t>(pods_.succeeded.size());
    status_.failed = static_cast<std::int32_t>(pods_.failed.size());
  }

  void delete_pod(const Pod& pod) {
    if (!pod.meta.deletion_timestamp) check(store_.remove(cluster::key_of(pod), {pod.meta.uid, std::nullopt}));
  }

  void untrack(const Pod& pod) {
    auto fresh = store_.get(cluster::key_of(pod));
    if (!fresh || meta_of(*fresh).uid != pod.meta.uid) return;
    std::erase(meta_of(*fresh).finalizers, std::string(kJobTrackingFinalizer));
    const auto updated = store_.update(*fresh);
    if (!updated) check(updated.error());
  }

  bool write_status() {
    Job next = job_;
    next.status = status_;
    const auto written = store_.update_status(next);
    if (!written) check(written.error());
    return written.ok();
  }

  /// Conflict and NotFound mean that somebody changed the object, which asks for a step by itself.
  void check(const Status& status) {
    if (status || status.error().cls == ErrorClass::Conflict || status.error().cls == ErrorClass::NotFound) return;
    retry();
  }
  void retry() { keep_earlier(due_, now_ + kWriteRetry); }

  void say(cluster::EventType type, std::string reason, std::string message) {
    store_.emit(cluster::key_of(job_), {type, std::move(reason), std::move(message)});
  }

  ObjectStore& store_;
  const Job& job_;
  cluster::JobStatus status_;
  JobPods pods_;
  std::vector<const Pod*> all_;
  TimePoint now_;
  std::int32_t created_ = 0;
  std::optional<TimePoint> due_;
};

PodsByOwner by_owner(const std::vector<ObjectPtr>& pods) {
  PodsByOwner out;
  for (const auto& object : pods) {
    const auto& pod = std::get<Pod>(*object);
    const auto* owner = controller_of(pod.meta);
    if (owner != nullptr && owner->kind == "Job") out[owner->uid].push_back(&pod);
  }
  return out;
}

/// A Pod whose Job is gone has nobody who counts it.
void release_orphan(ObjectStore& store, const Pod& pod) {
  if (!tracked(pod)) return;
  Pod next = pod;
  std::erase(next.meta.finalizers, std::string(kJobTrackingFinalizer));
  // A failure means that the Pod changed or went; either asks for the next step.
  (void)store.update(next).ok();
}

}  // namespace

std::optional<TimePoint> JobController::step(TimePoint now) {
  // Pods before Jobs: a Pod whose Job came in between is not seen, one whose Job went is an orphan.
  const std::vector<ObjectPtr> pods = store_.view(cluster::Kind::Pod);
  const std::vector<ObjectPtr> jobs = store_.view(cluster::Kind::Job);
  PodsByOwner owned = by_owner(pods);
  std::optional<TimePoint> due;
  for (const auto& object : jobs) {
    const auto& job = std::get<Job>(*object);
    const auto children = owned.extract(job.meta.uid);
    keep_earlier(due,
                 JobPass(store_, job, children.empty() ? std::vector<const Pod*>{} : children.mapped(), now).run());
  }
  for (const auto& [uid, orphans] : owned) {
    for (const Pod* pod : orphans) release_orphan(store_, *pod);
  }
  return due;
}

}  // namespace visionops::local
