#include "operator/runtime/cache/missing_pods.h"

#include <algorithm>
#include <optional>

#include "operator/core/run/attempt.h"

namespace visionops::runtime {
namespace {

using cluster::Job;
using cluster::Kind;
using cluster::Pod;

constexpr Duration kBetweenLooks = std::chrono::seconds(4);

bool lacks_pods(const Job& job, const std::vector<ObjectPtr>& pods) {
  if (job.spec.suspend || job.status.complete || job.status.failed_condition || job.meta.deletion_timestamp)
    return false;
  return std::ranges::none_of(pods, [&](const ObjectPtr& object) {
    const auto& owners = std::get<Pod>(*object).meta.owner_references;
    return std::ranges::any_of(owners, [&](const auto& owner) { return owner.uid == job.meta.uid; });
  });
}

/// The newest Job of `owner` that should have Pods by now.
std::optional<Job> without_pods(const ObjectCache& cache, const cluster::ObjectKey& owner, TimePoint now) {
  const ObjectPtr resource = cache.find(owner);
  if (!resource) return std::nullopt;
  const auto& uid = cluster::meta_of(*resource).uid;
  const auto pods = cache.children(Kind::Pod, uid);
  std::optional<Job> found;
  for (const auto& object : cache.children(Kind::Job, uid)) {
    const auto& job = std::get<Job>(*object);
    const bool overdue = now - job.meta.creation_timestamp >= core::kPodsAreOverdue;
    const bool newer = !found || job.meta.creation_timestamp > found->meta.creation_timestamp;
    if (overdue && newer && lacks_pods(job, pods)) found = job;
  }
  return found;
}

}  // namespace

void MissingPods::look(const cluster::ObjectKey& owner) {
  const TimePoint now = clock_.now();
  const auto job = cache_.with([&](const ObjectCache& cache) { return without_pods(cache, owner, now); });
  if (!job) return forget(owner);
  const bool due = looks_.with([&](auto& looks) {
    Look& look = looks[owner];
    if (look.job_uid == job->meta.uid && now - look.at < kBetweenLooks) return false;
    if (look.job_uid != job->meta.uid) look.message.clear();
    look.job_uid = job->meta.uid;
    look.at = now;
    return true;
  });
  if (!due) return;
  const auto warning = api_.latest_warning(*job);
  if (!warning) return;
  looks_.with([&](auto& looks) { looks[owner].message = *warning ? (*warning)->message : std::string(); });
}

std::string MissingPods::told(const cluster::ObjectKey& owner, const std::string& job_uid) const {
  return looks_.with([&](const auto& looks) {
    const auto found = looks.find(owner);
    return found == looks.end() || found->second.job_uid != job_uid ? std::string() : found->second.message;
  });
}

void MissingPods::forget(const cluster::ObjectKey& owner) {
  looks_.with([&](auto& looks) { looks.erase(owner); });
}

}  // namespace visionops::runtime
