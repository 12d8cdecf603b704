#include "tests/sim/history_watch.h"

#include <algorithm>

#include "operator/core/reconcile.h"
#include "operator/runtime/cache/kinds.h"
#include "operator/runtime/cache/resource_facts.h"
#include "operator/runtime/cache/resource_version.h"

namespace visionops::sim {
namespace {

using cluster::ChangeType;
using cluster::Kind;
using cluster::Object;

std::string label(const api::ObjectMeta& meta, std::string_view name) {
  const auto found = meta.labels.find(std::string(name));
  return found == meta.labels.end() ? std::string{} : found->second;
}

bool ended(const cluster::Pod& pod) {
  return pod.phase == cluster::PodPhase::Succeeded || pod.phase == cluster::PodPhase::Failed;
}

/// A worker of the Job runs or ends, or the Job may still start one (backoffLimit is 0).
bool may_work(const cluster::Job& job, const std::vector<const cluster::Pod*>& pods) {
  bool failed = job.status.failed_condition;
  for (const auto* pod : pods) {
    if (!ended(*pod)) return true;
    failed = failed || pod->phase == cluster::PodPhase::Failed;
  }
  return !failed && !job.status.complete && !job.meta.deletion_timestamp && !job.spec.suspend;
}

template <class Resource>
std::int32_t budget(const Resource& resource) {
  return resource.spec.retry ? resource.spec.retry->limit : api::RetryPolicy{}.limit;
}

}  // namespace

void HistoryWatch::look() {
  if (store_.version() == version_) return;
  std::vector<cluster::Change> changes;
  for (const auto kind : runtime::kWatchedKinds) {
    auto batch = store_.changes_since(version_, kind, {});
    if (!batch) return violated("the history of the store is too short for this test");
    std::ranges::move(batch->changes, std::back_inserter(changes));
  }
  if (changes.empty()) return;
  const auto version = [](const cluster::Change& change) {
    return runtime::version_number(cluster::meta_of(change.object).resource_version);
  };
  std::ranges::sort(changes, {}, version);
  version_ = version(changes.back());
  for (const auto& change : changes) take(change);
  check_active_jobs();
}

std::map<std::string, std::string> HistoryWatch::counts() const {
  std::map<std::string, std::string> text;
  for (const auto& [name, count] : counts_) {
    text[name] = std::to_string(count.created) + " created, " + std::to_string(count.deleted) + " deleted";
  }
  return text;
}

void HistoryWatch::take(const cluster::Change& change) {
  const auto name = to_string(cluster::key_of(change.object));
  if (change.type == ChangeType::Added) ++counts_[name].created;
  if (change.type == ChangeType::Deleted) ++counts_[name].deleted;
  if (change.type != ChangeType::Deleted) check_resource(change.object);
  if (const auto* job = std::get_if<cluster::Job>(&change.object); job != nullptr && change.type == ChangeType::Added) {
    check_new_job(*job);
  }
}

void HistoryWatch::check_resource(const Object& object) {
  const auto& meta = cluster::meta_of(object);
  const auto name = to_string(cluster::key_of(object));
  const auto check_generation = [&](std::int64_t observed) {
    if (observed > meta.generation) violated(name + ": observedGeneration is ahead of the generation");
  };
  const auto check_run = [&](std::int64_t run, std::int32_t attempt) {
    Seen& seen = newest_[meta.uid];
    if (std::pair(run, attempt) < std::pair(seen.run, seen.attempt)) violated(name + ": run or attempt went backwards");
    seen = {run, attempt};
  };
  const auto check_budget = [&](std::int32_t failures, std::int32_t limit) {
    if (failures > limit + 1) violated(name + ": more failures than its budget");
  };
  if (const auto* dataset = std::get_if<api::Dataset>(&object)) {
    check_generation(dataset->status.observed_generation);
  } else if (const auto* pipeline = std::get_if<api::Pipeline>(&object)) {
    check_generation(pipeline->status.observed_generation);
    check_run(pipeline->status.run, pipeline->status.attempt);
    check_budget(pipeline->status.counted_failures, budget(*pipeline));
  } else if (const auto* job = std::get_if<api::TrainingJob>(&object)) {
    check_generation(job->status.observed_generation);
    check_run(job->status.run, job->status.attempt);
    check_budget(job->status.counted_failures, budget(*job));
  }
}

void HistoryWatch::check_new_job(const cluster::Job& job) {
  const auto uid = label(job.meta, core::kOwnerUidLabel);
  const auto run = label(job.meta, core::kRunLabel);
  const auto attempt = uid + " run " + run + " attempt " + label(job.meta, core::kAttemptLabel);
  if (++jobs_[attempt] > 1) violated("Job " + job.meta.name + " was created twice for one attempt (" + attempt + ")");
  const auto kind = runtime::owner_kind(label(job.meta, core::kOwnerKindLabel));
  if (!kind) return violated("Job " + job.meta.name + " has no owner kind");
  const auto owner = store_.get({*kind, job.meta.namespace_, label(job.meta, core::kOwnerNameLabel)});
  if (!owner || cluster::meta_of(*owner).uid != uid || !runtime::is_finished(*owner)) return;
  const auto* pipeline = std::get_if<api::Pipeline>(&*owner);
  const auto current = pipeline != nullptr ? pipeline->status.run : std::get<api::TrainingJob>(*owner).status.run;
  if (std::to_string(current) == run) violated("Job " + job.meta.name + " was created for a finished run");
}

void HistoryWatch::check_active_jobs() {
  std::map<std::string, std::vector<const cluster::Pod*>> pods;
  const auto all_pods = store_.view(Kind::Pod);
  for (const auto& object : all_pods) {
    const auto& pod = std::get<cluster::Pod>(*object);
    for (const auto& owner : pod.meta.owner_references) pods[owner.uid].push_back(&pod);
  }
  std::map<std::string, std::string> working;
  for (const auto& object : store_.view(Kind::Job)) {
    const auto& job = std::get<cluster::Job>(*object);
    if (!may_work(job, pods[job.meta.uid])) continue;
    const auto uid = label(job.meta, core::kOwnerUidLabel);
    const auto [other, first] = working.emplace(uid, job.meta.name);
    if (!first) violated("Jobs " + other->second + " and " + job.meta.name + " work for one resource at a time");
  }
}

}  // namespace visionops::sim
