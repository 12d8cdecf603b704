#include "operator/runtime/watch/change_intake.h"

#include <set>
#include <utility>

#include "operator/runtime/cache/dependents.h"
#include "operator/runtime/cache/kinds.h"
#include "operator/runtime/cache/resource_facts.h"

namespace visionops::runtime {

using cluster::Kind;
using cluster::ObjectKey;

ChangeIntake::ChangeIntake(Locked<ObjectCache>& cache, SharedWorkQueue& queue, TelemetryBoard& board,
                           const Outlets& outlets)
    : cache_(cache), queue_(queue), board_(board), outlets_(outlets) {}

bool ChangeIntake::page_listed(Kind kind, cluster::ListPage page) {
  bool first = false;
  std::vector<Transition> transitions;
  const bool taken = cache_.with([&](ObjectCache& cache) {
    if (page.first && !cache.begin_list(kind, page.resource_version)) return false;
    first = !cache.synced(kind);
    transitions = cache.add_page(kind, std::move(page.items));
    return true;
  });
  if (!taken) return false;
  if (first && is_owner_kind(kind)) send_history(transitions);
  take(transitions, first ? Priority::Resync : Priority::Fresh);
  return true;
}

void ChangeIntake::listed(Kind kind, const std::string& resource_version) {
  take(cache_.with([&](ObjectCache& cache) { return cache.end_list(kind, resource_version); }), Priority::Fresh);
  if (!synced_ && cache_.with([](const ObjectCache& cache) { return cache.all_synced(); })) {
    const MutexLock lock(mutex_);
    synced_ = true;
    became_synced_.notify_all();
  }
}

std::string ChangeIntake::seen(Kind kind) const {
  const auto version = cache_.with([&](const ObjectCache& cache) { return cache.seen_version(kind); });
  return version == 0 ? std::string() : std::to_string(version);
}

void ChangeIntake::changed(cluster::Change change) {
  auto transition = cache_.with([&](ObjectCache& cache) { return cache.apply(std::move(change)); });
  if (transition) take({std::move(*transition)}, Priority::Fresh);
}

void ChangeIntake::read(const ObjectKey& key, const cluster::Object* live) {
  auto transition = cache_.with(
      [&](ObjectCache& cache) { return live == nullptr ? cache.observe_missing(key) : cache.observe(*live); });
  if (transition) take({std::move(*transition)}, Priority::Fresh);
}

bool ChangeIntake::wait_synced(std::stop_token stop) {
  MutexLock lock(mutex_);
  return became_synced_.wait(lock, stop, [this] { return synced_.load(); });
}

void ChangeIntake::resync() {
  for (const auto kind : kOwnerKinds) {
    for (const auto& key : cache_.with([&](const ObjectCache& cache) { return cache.keys(kind); })) {
      queue_.add(key, Priority::Resync);
    }
  }
}

void ChangeIntake::tell_history_of_all() const {
  if (!outlets_.records) return;
  for (const auto kind : kOwnerKinds) {
    for (const auto& key : cache_.with([&](const ObjectCache& cache) { return cache.keys(kind); })) {
      const ObjectPtr object = cache_.with([&](const ObjectCache& cache) { return cache.find(key); });
      if (object && was_observed(*object)) tell(record_of(*object));
    }
  }
}

void ChangeIntake::take(const std::vector<Transition>& transitions, Priority priority) {
  std::set<ObjectKey> woken;
  for (const auto& transition : transitions) {
    count(transition);
    forget_removed(transition);
    tell_history(transition);
    if (synced_) {
      woken.merge(cache_.with([&](const ObjectCache& cache) { return dependents(transition, cache); }));
    } else if (is_owner_kind(transition.key.kind)) {
      // Before everything is listed nobody works, and each resource waits in the queue for itself.
      woken.insert(transition.key);
    }
  }
  for (const auto& key : woken) queue_.add(key, priority);
}

void ChangeIntake::count(const Transition& transition) const {
  const auto kind = transition.key.kind;
  if (transition.before && transition.after) {
    const auto before = phase_of(*transition.before);
    const auto after = phase_of(*transition.after);
    if (before == after) return;
  }
  if (is_owner_kind(kind)) {
    if (transition.before) notify(outlets_.observers.resources, kind_name(kind), phase_of(*transition.before), -1);
    if (transition.after) notify(outlets_.observers.resources, kind_name(kind), phase_of(*transition.after), +1);
  }
  notify(outlets_.observers.cached, kind_name(kind),
         cache_.with([&](const ObjectCache& cache) { return cache.size(kind); }));
}

void ChangeIntake::forget_removed(const Transition& transition) const {
  if (!transition.before || !is_owner_kind(transition.key.kind)) return;
  const auto& uid = cluster::meta_of(*transition.before).uid;
  if (transition.after && cluster::meta_of(*transition.after).uid == uid) return;
  board_.evict(uid);
  if (was_observed(*transition.before)) tell(last_record_of(*transition.before));
}

void ChangeIntake::tell_history(const Transition& transition) const {
  if (!outlets_.records || !transition.before || !transition.after || !is_owner_kind(transition.key.kind)) return;
  const auto before = std::pair(run_of(*transition.before), phase_of(*transition.before));
  const auto after = std::pair(run_of(*transition.after), phase_of(*transition.after));
  if (before != after) tell(record_of(*transition.after));
}

void ChangeIntake::tell(std::optional<core::Record> record) const {
  if (outlets_.records && record) outlets_.records({*std::move(record)});
}

void ChangeIntake::send_history(const std::vector<Transition>& transitions) const {
  if (!outlets_.records) return;
  std::vector<core::Record> history;
  history.reserve(transitions.size());
  for (const auto& transition : transitions) {
    // What was never reconciled has nothing to tell yet; its first pass will.
    if (!transition.after || !was_observed(*transition.after)) continue;
    if (auto record = record_of(*transition.after)) history.push_back(*std::move(record));
  }
  if (!history.empty()) outlets_.records(std::move(history));
}

}  // namespace visionops::runtime
