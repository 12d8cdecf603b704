#include "operator/runtime/pass/gather.h"

#include <algorithm>
#include <iterator>

#include "operator/core/reconcile.h"
#include "operator/core/run/run_identity.h"
#include "operator/runtime/cache/references.h"
#include "operator/runtime/cache/refused_creates.h"
#include "operator/runtime/cache/start_warnings.h"

namespace visionops::runtime {
namespace {

template <class Child>
std::vector<Child> children(const std::string& uid, const Surroundings& from) {
  const auto found =
      from.cache.with([&](const ObjectCache& cache) { return cache.children(cluster::kKindOf<Child>, uid); });
  std::vector<Child> copies;
  copies.reserve(found.size());
  for (const auto& object : found) copies.push_back(std::get<Child>(*object));
  return copies;
}

/// What of a kind in the namespace of `referrer` concerns it.
template <class Target, class Referrer>
std::vector<Target> related(const Referrer& referrer, const Surroundings& from) {
  const auto candidates =
      from.cache.with([&](const ObjectCache& cache) { return cache.targets(cluster::kKindOf<Target>, referrer); });
  std::vector<Target> targets;
  for (const auto& object : candidates) {
    const auto& target = std::get<Target>(*object);
    if (target.meta.namespace_ == referrer.meta.namespace_ && concerns(referrer, target)) targets.push_back(target);
  }
  return targets;
}

/// Nobody is woken by a change of these: what is deleted decides with what is there then.
std::vector<api::Dataset> neighbours(const api::Dataset& dataset, const Surroundings& from) {
  const auto found = from.cache.with([&](const ObjectCache& cache) { return cache.neighbours(dataset); });
  std::vector<api::Dataset> copies;
  for (const auto& object : found) {
    const auto& other = std::get<api::Dataset>(*object);
    if (other.meta.uid != dataset.meta.uid) copies.push_back(other);
  }
  return copies;
}

/// Who of a kind in the namespace of `dataset` it concerns.
template <class Referrer>
std::vector<Referrer> referrers(const api::Dataset& dataset, const Surroundings& from) {
  const auto candidates = from.cache.with(
      [&](const ObjectCache& cache) { return cache.referrers(cluster::kKindOf<Referrer>, cluster::Object(dataset)); });
  std::vector<Referrer> out;
  for (const auto& object : candidates) {
    const auto& referrer = std::get<Referrer>(*object);
    if (referrer.meta.namespace_ == dataset.meta.namespace_ && concerns(referrer, dataset)) out.push_back(referrer);
  }
  return out;
}

/// The labels alone could be anybody's: a predecessor's Pod is older than its successor.
std::vector<cluster::Pod> predecessors(const cluster::ObjectKey& owner, const api::ObjectMeta& meta,
                                       const Surroundings& from) {
  const auto found = from.cache.with([&](const ObjectCache& cache) { return cache.pods_named_after(owner); });
  std::vector<cluster::Pod> out;
  for (const auto& object : found) {
    const auto& pod = std::get<cluster::Pod>(*object);
    const auto uid = pod.meta.labels.find(std::string(core::kOwnerUidLabel));
    const bool other = uid != pod.meta.labels.end() && uid->second != meta.uid;
    if (other && pod.meta.creation_timestamp <= meta.creation_timestamp) out.push_back(pod);
  }
  return out;
}

template <class Observed, class Resource>
void gather_children(Observed& observed, const Resource& resource, const Surroundings& from, TimePoint now) {
  const cluster::ObjectKey owner{cluster::kKindOf<Resource>, resource.meta.namespace_, resource.meta.name};
  static_cast<core::RunObserved&>(observed) = gather_run(owner, resource.meta, from, now);
}

}  // namespace

core::RunObserved gather_run(const cluster::ObjectKey& owner, const api::ObjectMeta& meta, const Surroundings& from,
                             TimePoint now) {
  core::RunObserved found;
  found.jobs = children<cluster::Job>(meta.uid, from);
  found.pods = children<cluster::Pod>(meta.uid, from);
  found.predecessors = predecessors(owner, meta, from);
  found.refused = from.refused_creates.told(owner, meta.uid);
  found.namespace_ends = from.refused_creates.namespace_ends(owner, meta.uid);
  found.platform = from.platform;
  found.now = now;
  for (auto& job : found.jobs) {
    auto why = from.start_warnings.told(owner, job.meta.uid);
    if (!why.message.empty()) job.status.message = std::move(why.message);
  }
  for (auto& pod : found.pods) {
    auto why = from.start_warnings.told(owner, pod.meta.uid);
    pod.warning_reason = std::move(why.reason);
    pod.warning = std::move(why.message);
  }
  return found;
}

core::DatasetObserved gather(const api::Dataset& dataset, const Surroundings& from, TimePoint now) {
  core::DatasetObserved observed;
  observed.dataset = dataset;
  gather_children(observed, dataset, from, now);
  if (dataset.meta.deletion_timestamp) observed.neighbours = neighbours(dataset, from);
  observed.pipelines = referrers<api::Pipeline>(dataset, from);
  observed.training_jobs = referrers<api::TrainingJob>(dataset, from);
  return observed;
}

core::PipelineObserved gather(const api::Pipeline& pipeline, const Surroundings& from, TimePoint now) {
  core::PipelineObserved observed;
  observed.pipeline = pipeline;
  gather_children(observed, pipeline, from, now);
  observed.datasets = related<api::Dataset>(pipeline, from);
  observed.pipelines = related<api::Pipeline>(pipeline, from);
  observed.progress = from.board.progress(pipeline.meta.uid, core::run_identity(pipeline.meta, pipeline.status),
                                          pipeline.status.run, pipeline.status.attempt);
  return observed;
}

core::TrainingJobObserved gather(const api::TrainingJob& job, const Surroundings& from, TimePoint now) {
  core::TrainingJobObserved observed;
  observed.job = job;
  gather_children(observed, job, from, now);
  observed.datasets = related<api::Dataset>(job, from);
  observed.training_jobs = related<api::TrainingJob>(job, from);
  for (const auto& child : observed.jobs) {
    auto workloads = children<cluster::Workload>(child.meta.uid, from);
    std::ranges::move(workloads, std::back_inserter(observed.workloads));
  }
  observed.telemetry = from.board.training(job.meta.uid, core::run_identity(job.meta, job.status));
  return observed;
}

}  // namespace visionops::runtime
