#include "operator/runtime/cache/dependents.h"

#include <string>
#include <string_view>

#include "operator/core/reconcile.h"
#include "operator/core/run/queue.h"
#include "operator/runtime/cache/kinds.h"
#include "operator/runtime/cache/references.h"
#include "operator/runtime/cache/resource_facts.h"

namespace visionops::runtime {
namespace {

using cluster::Kind;
using cluster::Object;
using cluster::ObjectKey;

std::string label(const api::ObjectMeta& meta, std::string_view name) {
  const auto found = meta.labels.find(std::string(name));
  return found == meta.labels.end() ? std::string{} : found->second;
}

/// The owner by uid (a name label may be a cut one), and a successor of the same name that waits for
/// this child of its predecessor to vanish.
void add_owner(const Object& child, const ObjectCache& cache, std::set<ObjectKey>& keys) {
  const auto& meta = cluster::meta_of(child);
  if (const auto owner = cache.owner(label(meta, core::kOwnerUidLabel))) keys.insert(*owner);
  const auto kind = owner_kind(label(meta, core::kOwnerKindLabel));
  if (!kind) return;
  const ObjectKey named{*kind, meta.namespace_, label(meta, core::kOwnerNameLabel)};
  if (cache.version(named)) keys.insert(named);
}

/// Whose Job waits in the queue. A Workload that is seen before its Job wakes nobody: the Job will.
void add_owner_of_job(const cluster::Workload& workload, const ObjectCache& cache, std::set<ObjectKey>& keys) {
  const auto* owner = core::queued_job(workload);
  if (owner == nullptr) return;
  const auto job = cache.find({Kind::Job, workload.meta.namespace_, owner->name});
  if (job && cluster::meta_of(*job).uid == owner->uid) add_owner(*job, cache, keys);
}

template <class Referrer, class Target>
void add_referrers(const Object& target, const ObjectCache& cache, std::set<ObjectKey>& keys) {
  for (const auto& object : cache.referrers(cluster::kKindOf<Referrer>, target)) {
    const auto& referrer = std::get<Referrer>(*object);
    const auto& known = std::get<Target>(target);
    if (referrer.meta.namespace_ == known.meta.namespace_ && concerns(referrer, known)) {
      keys.insert(cluster::key_of(*object));
    }
  }
}

/// Whom an object wakes beside itself.
struct Wake {
  const Object& object;
  const ObjectCache& cache;
  std::set<ObjectKey>& keys;
  void operator()(const api::Dataset&) const {
    add_referrers<api::Pipeline, api::Dataset>(object, cache, keys);
    add_referrers<api::TrainingJob, api::Dataset>(object, cache, keys);
  }
  void operator()(const api::Pipeline&) const { add_referrers<api::Pipeline, api::Pipeline>(object, cache, keys); }
  void operator()(const api::TrainingJob&) const {
    add_referrers<api::TrainingJob, api::TrainingJob>(object, cache, keys);
  }
  void operator()(const cluster::Workload& workload) const { add_owner_of_job(workload, cache, keys); }
  template <class Other>
  void operator()(const Other&) const {
    if constexpr (!api::Resource<Other>) add_owner(object, cache, keys);
  }
};

void add_all(const Object& object, const ObjectCache& cache, std::set<ObjectKey>& keys) {
  std::visit(Wake{object, cache, keys}, object);
}

/// The Datasets that wait with their deletion until a run is over, or whose bytes it found to be others.
struct Pins {
  std::set<ObjectKey>& keys;
  void add(const std::string& namespace_, const std::optional<api::PinnedDataset>& pinned) const {
    if (pinned) keys.insert({Kind::Dataset, namespace_, pinned->name});
  }
  void operator()(const api::TrainingJob& job) const {
    if (!job.status.resolved) return;
    for (const auto* pinned : {&job.status.resolved->train, &job.status.resolved->val, &job.status.resolved->test})
      add(job.meta.namespace_, *pinned);
  }
  void operator()(const api::Pipeline& pipeline) const {
    if (!pipeline.status.resolved) return;
    for (const auto& source : pipeline.status.resolved->sources) add(pipeline.meta.namespace_, source);
  }
  void operator()(const auto&) const {}
};

/// A run ends once; its telemetry need not wake what it reads.
bool ends_run(const Transition& t) {
  return t.before && !is_finished(*t.before) && (!t.after || is_finished(*t.after));
}

}  // namespace

std::set<ObjectKey> dependents(const Transition& transition, const ObjectCache& cache) {
  std::set<ObjectKey> keys;
  if (is_owner_kind(transition.key.kind)) keys.insert(transition.key);
  if (transition.before) add_all(*transition.before, cache, keys);
  if (transition.after) add_all(*transition.after, cache, keys);
  if (ends_run(transition)) std::visit(Pins{keys}, *transition.before);
  return keys;
}

}  // namespace visionops::runtime
