#include "operator/runtime/watch/pod_catch_up.h"

#include <algorithm>
#include <set>
#include <utility>

#include "operator/core/reconcile.h"
#include "operator/runtime/cache/resource_version.h"

namespace visionops::runtime {
namespace {

using cluster::Job;
using cluster::Kind;
using cluster::Pod;
using cluster::PodPhase;

constexpr Duration kPatience = std::chrono::seconds(30);

bool belongs_to(const Pod& pod, const Job& job) {
  return std::ranges::any_of(pod.meta.owner_references, [&](const auto& owner) { return owner.uid == job.meta.uid; });
}

bool explains(const std::vector<ObjectPtr>& pods, const Job& job) {
  std::set<std::int32_t> succeeded;
  bool failed = false;
  for (const auto& object : pods) {
    const auto& pod = std::get<Pod>(*object);
    if (!belongs_to(pod, job)) continue;
    if (pod.phase == PodPhase::Succeeded) succeeded.insert(pod.completion_index);
    failed = failed || pod.phase == PodPhase::Failed;
  }
  if (job.status.failed_condition) return failed;
  return std::cmp_greater_equal(succeeded.size(), job.spec.completions);
}

}  // namespace

std::vector<Job> unexplained(const std::vector<ObjectPtr>& jobs, const std::vector<ObjectPtr>& pods) {
  std::vector<Job> found;
  for (const auto& object : jobs) {
    const auto& job = std::get<Job>(*object);
    const bool ended = job.status.complete || job.status.failed_condition;
    if (ended && !explains(pods, job)) found.push_back(job);
  }
  return found;
}

Status PodCatchUp::catch_up(const cluster::ObjectKey& owner) {
  const auto [uid, jobs] = cache_.with([&](const ObjectCache& cache) -> std::pair<std::string, std::vector<Job>> {
    const ObjectPtr resource = cache.find(owner);
    if (!resource) return {};
    const auto& id = cluster::meta_of(*resource).uid;
    return {id, unexplained(cache.children(Kind::Job, id), cache.children(Kind::Pod, id))};
  });
  if (jobs.empty()) {
    forget(owner);
    return {};
  }
  Versions versions;
  std::uint64_t newest = 0;
  for (const auto& job : jobs) {
    versions.emplace(job.meta.uid, job.meta.resource_version);
    newest = std::max(newest, version_number(job.meta.resource_version));
  }
  const TimePoint now = clock_.now();
  const Reading reading = readings_.with([&](auto& readings) {
    Reading& known = readings[owner];
    if (known.jobs != versions) known = {versions, now, false};
    return known;
  });
  if (reading.done) return {};
  const bool patient = now - reading.began < kPatience;
  if (const Status read = read_pods(owner, uid, patient ? newest : 0); !read) return read;
  readings_.with([&](auto& readings) { readings[owner].done = true; });
  return {};
}

Status PodCatchUp::read_pods(const cluster::ObjectKey& owner, const std::string& uid, std::uint64_t at_least) {
  const auto pods = api_.list(Kind::Pod, {owner.namespace_, {{std::string(core::kOwnerUidLabel), uid}}});
  if (!pods) return pods.error().in("reading the Pods of " + to_string(owner));
  if (version_number(pods->resource_version) < at_least) {
    return retry_error("the API server shows the Pods of " + to_string(owner) + " as they were before their Job ended");
  }
  for (const auto& pod : pods->items) intake_.read(cluster::key_of(pod), &pod);
  return {};
}

void PodCatchUp::forget(const cluster::ObjectKey& owner) {
  readings_.with([&](auto& readings) { readings.erase(owner); });
}

}  // namespace visionops::runtime
