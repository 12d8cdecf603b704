#include "operator/runtime/cache/start_warnings.h"

#include <algorithm>

#include "operator/core/run/attempt.h"

namespace visionops::runtime {
namespace {

using cluster::Job;
using cluster::Kind;
using cluster::Pod;

constexpr Duration kBetweenLooks = std::chrono::seconds(4);
/// A node starts a Pod within moments; what takes longer may have a reason.
constexpr Duration kStartIsOverdue = std::chrono::seconds(4);

bool lacks_pods(const Job& job, const std::vector<ObjectPtr>& pods) {
  if (job.spec.suspend || job.status.complete || job.status.failed_condition || job.meta.deletion_timestamp)
    return false;
  return std::ranges::none_of(pods, [&](const ObjectPtr& object) {
    const auto& owners = std::get<Pod>(*object).meta.owner_references;
    return std::ranges::any_of(owners, [&](const auto& owner) { return owner.uid == job.meta.uid; });
  });
}

/// Placed on a node, and none of its containers has begun.
bool should_have_started(const Pod& pod, TimePoint now) {
  if (pod.phase != cluster::PodPhase::Pending || pod.node.empty() || pod.meta.deletion_timestamp) return false;
  const bool begun = std::ranges::any_of(pod.containers, [](const auto& c) { return c.running || c.terminated; });
  return !begun && now - pod.start_time.value_or(pod.meta.creation_timestamp) >= kStartIsOverdue;
}

/// The scheduler's words about a Pod are of the time before it was placed.
bool is_about_start(const cluster::Event& warning) { return warning.reason != "FailedScheduling"; }

ObjectPtr newest(const ObjectPtr& a, const ObjectPtr& b) {
  if (!a) return b;
  return cluster::meta_of(*b).creation_timestamp > cluster::meta_of(*a).creation_timestamp ? b : a;
}

/// The newest Job of `owner` that should have Pods by now, else the newest Pod that should run; null: neither.
ObjectPtr held_up(const ObjectCache& cache, const cluster::ObjectKey& owner, TimePoint now) {
  const ObjectPtr resource = cache.find(owner);
  if (!resource) return nullptr;
  const auto& uid = cluster::meta_of(*resource).uid;
  const auto pods = cache.children(Kind::Pod, uid);
  ObjectPtr job;
  for (const auto& object : cache.children(Kind::Job, uid)) {
    const auto& candidate = std::get<Job>(*object);
    const bool overdue = now - candidate.meta.creation_timestamp >= core::kPodsAreOverdue;
    if (overdue && lacks_pods(candidate, pods)) job = newest(job, object);
  }
  if (job) return job;
  ObjectPtr pod;
  for (const auto& object : pods) {
    if (should_have_started(std::get<Pod>(*object), now)) pod = newest(pod, object);
  }
  return pod;
}

}  // namespace

void StartWarnings::look(const cluster::ObjectKey& owner) {
  const TimePoint now = clock_.now();
  const ObjectPtr object = cache_.with([&](const ObjectCache& cache) { return held_up(cache, owner, now); });
  if (!object) return forget(owner);
  const std::string& uid = cluster::meta_of(*object).uid;
  const bool due = looks_.with([&](auto& looks) {
    Look& look = looks[owner];
    if (look.uid == uid && now - look.at < kBetweenLooks) return false;
    if (look.uid != uid) look.warning = {};
    look.uid = uid;
    look.at = now;
    return true;
  });
  if (!due) return;
  const auto warning = api_.latest_warning(*object);
  if (!warning) return;
  const bool counts = *warning && is_about_start(**warning);
  looks_.with([&](auto& looks) { looks[owner].warning = counts ? **warning : cluster::Event{}; });
}

cluster::Event StartWarnings::told(const cluster::ObjectKey& owner, const std::string& uid) const {
  return looks_.with([&](const auto& looks) {
    const auto found = looks.find(owner);
    return found == looks.end() || found->second.uid != uid ? cluster::Event{} : found->second.warning;
  });
}

void StartWarnings::forget(const cluster::ObjectKey& owner) {
  looks_.with([&](auto& looks) { looks.erase(owner); });
}

}  // namespace visionops::runtime
