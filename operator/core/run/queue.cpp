#include "operator/core/run/queue.h"

#include <algorithm>

#include "operator/core/reasons.h"

namespace visionops::core {

namespace {

// Types and reasons of kueue.x-k8s.io/v1beta2.
constexpr std::string_view kQuotaReserved = "QuotaReserved";
constexpr std::string_view kEvicted = "Evicted";
constexpr std::string_view kEvictedByPreemption = "Preempted";
/// In the name of every Job of a TrainingJob (job_name()).
constexpr std::string_view kJobNamePart = "-vtj-r";

/// The newest: Kueue replaces a Workload that no longer fits its Job.
const cluster::Workload* workload_of(const cluster::Job& job, const std::vector<cluster::Workload>& workloads) {
  const cluster::Workload* out = nullptr;
  for (const auto& workload : workloads) {
    const auto* owner = queued_job(workload);
    if (owner == nullptr || owner->uid != job.meta.uid) continue;
    if (!out || workload.meta.creation_timestamp > out->meta.creation_timestamp) out = &workload;
  }
  return out;
}

std::string words(const api::Condition* condition) {
  return condition && !condition->message.empty() ? ": " + condition->message : "";
}

}  // namespace

const api::OwnerReference* queued_job(const cluster::Workload& workload) {
  const auto& owners = workload.meta.owner_references;
  const auto it = std::find_if(owners.begin(), owners.end(), [](const api::OwnerReference& owner) {
    return owner.kind == "Job" && owner.name.find(kJobNamePart) != std::string::npos;
  });
  return it == owners.end() ? nullptr : &*it;
}

Waiting wait_in_queue(const cluster::Job& job, const std::vector<cluster::Workload>& workloads,
                      const api::Condition* known) {
  const std::string name = "Job " + job.meta.name;
  const auto* workload = workload_of(job, workloads);
  // With quota reserved the Job is about to run or about to be stopped: nothing new to tell about waiting.
  if (workload == nullptr || api::is_true(workload->conditions, kQuotaReserved)) {
    if (known && known->status == api::ConditionStatus::True) return {known->reason, known->message};
    return {std::string(reason::kQuotaPending), name + " waits for quota"};
  }
  const auto* evicted = api::find_condition(workload->conditions, kEvicted);
  const auto* reserved = api::find_condition(workload->conditions, kQuotaReserved);
  if (!workload->active) {
    return {std::string(reason::kDeactivated), name + " waits until its Workload is activated" + words(evicted)};
  }
  if (evicted && evicted->status == api::ConditionStatus::True) {
    const bool preempted = evicted->reason == kEvictedByPreemption;
    std::string text = name + (preempted ? " was preempted" : " was stopped by its queue") + words(evicted);
    if (reserved && reserved->message != evicted->message) text += "; now" + words(reserved);
    return {std::string(preempted ? reason::kPreempted : reason::kRequeued), std::move(text)};
  }
  return {std::string(reason::kQuotaPending), name + " waits for quota" + words(reserved)};
}

}  // namespace visionops::core
