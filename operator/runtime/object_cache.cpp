#include "operator/runtime/object_cache.h"

#include <algorithm>

#include "operator/core/reconcile.h"
#include "operator/core/training_job/queue.h"
#include "operator/runtime/kinds.h"
#include "operator/runtime/resource_version.h"

namespace visionops::runtime {
namespace {

using cluster::Kind;
using cluster::Object;
using cluster::ObjectKey;

/// Empty for reconciled kinds and for children of somebody else. Of a Workload, the Job: Kueue makes it and
/// gives it none of our labels.
std::string owner_uid(const Object& object) {
  if (is_owner_kind(cluster::kind_of(object))) return {};
  if (const auto* workload = std::get_if<cluster::Workload>(&object)) {
    const auto* job = core::queued_job(*workload);
    return job ? job->uid : std::string{};
  }
  const auto& labels = cluster::meta_of(object).labels;
  const auto label = labels.find(std::string(core::kOwnerUidLabel));
  return label == labels.end() ? std::string{} : label->second;
}

bool is_ours(const Object& object) { return is_owner_kind(cluster::kind_of(object)) || !owner_uid(object).empty(); }

void drop_containers(cluster::PodTemplate& pod) {
  pod.containers = {};
  pod.volumes = {};
}

Object slim(Object object) {
  if (auto* job = std::get_if<cluster::Job>(&object)) drop_containers(job->spec.pod);
  if (auto* pod = std::get_if<cluster::Pod>(&object)) drop_containers(pod->spec);
  return object;
}

std::uint64_t version_of(const Object& object) { return version_number(cluster::meta_of(object).resource_version); }

}  // namespace

std::optional<std::vector<Transition>> ObjectCache::replace(Kind kind, std::vector<Object> items,
                                                            const std::string& resource_version) {
  View& view = views_[kind];
  const auto version = version_number(resource_version);
  if (version < view.seen) return std::nullopt;

  std::set<Name> listed;
  std::vector<Transition> transitions;
  for (auto& item : items) {
    const auto& meta = cluster::meta_of(item);
    listed.emplace(meta.namespace_, meta.name);
    if (auto transition = put(view, std::move(item))) transitions.push_back(std::move(*transition));
  }
  std::vector<ObjectKey> missing;
  for (const auto& [name, object] : view.objects) {
    // A direct read may have brought something newer than this list; its absence here proves nothing.
    if (!listed.contains(name) && version_of(*object) <= version) missing.push_back({kind, name.first, name.second});
  }
  for (const auto& key : missing) transitions.push_back(*erase(view, key));
  view.seen = version;
  view.synced = true;
  return transitions;
}

std::optional<Transition> ObjectCache::apply(cluster::Change change) {
  View& view = views_[cluster::kind_of(change.object)];
  const auto version = version_of(change.object);
  view.seen = std::max(view.seen, version);
  switch (change.type) {
    case cluster::ChangeType::Bookmark:
      return std::nullopt;
    case cluster::ChangeType::Added:
    case cluster::ChangeType::Modified:
      return put(view, std::move(change.object));
    case cluster::ChangeType::Deleted:
      break;
  }
  const ObjectKey key = cluster::key_of(change.object);
  const ObjectPtr known = find(key);
  if (!known || version < version_of(*known)) return std::nullopt;
  return erase(view, key);
}

std::optional<Transition> ObjectCache::observe(Object live) {
  View& view = views_[cluster::kind_of(live)];
  return put(view, std::move(live));
}

std::optional<Transition> ObjectCache::observe_missing(const ObjectKey& key) { return erase(views_[key.kind], key); }

ObjectPtr ObjectCache::find(const ObjectKey& key) const {
  const View* v = view(key.kind);
  if (v == nullptr) return nullptr;
  const auto object = v->objects.find({key.namespace_, key.name});
  return object == v->objects.end() ? nullptr : object->second;
}

std::vector<ObjectPtr> ObjectCache::children(Kind kind, const std::string& uid) const {
  std::vector<ObjectPtr> found;
  const View* v = view(kind);
  if (v == nullptr) return found;
  const auto names = v->by_owner.find(uid);
  if (names == v->by_owner.end()) return found;
  for (const auto& name : names->second) found.push_back(v->objects.at(name));
  return found;
}

std::optional<ObjectKey> ObjectCache::owner(const std::string& uid) const {
  const auto found = owners_.find(uid);
  return found == owners_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<ObjectPtr> ObjectCache::in_namespace(Kind kind, const std::string& namespace_) const {
  std::vector<ObjectPtr> found;
  const View* v = view(kind);
  if (v == nullptr) return found;
  for (auto it = v->objects.lower_bound({namespace_, ""}); it != v->objects.end() && it->first.first == namespace_;
       ++it) {
    found.push_back(it->second);
  }
  return found;
}

std::vector<ObjectPtr> ObjectCache::all(Kind kind) const {
  std::vector<ObjectPtr> found;
  const View* v = view(kind);
  if (v == nullptr) return found;
  found.reserve(v->objects.size());
  for (const auto& [name, object] : v->objects) found.push_back(object);
  return found;
}

bool ObjectCache::synced(Kind kind) const {
  const View* v = view(kind);
  return v != nullptr && v->synced;
}

bool ObjectCache::all_synced() const {
  return std::all_of(kWatchedKinds.begin(), kWatchedKinds.end(), [this](Kind kind) { return synced(kind); });
}

std::uint64_t ObjectCache::seen_version(Kind kind) const {
  const View* v = view(kind);
  return v == nullptr ? 0 : v->seen;
}

std::size_t ObjectCache::size(Kind kind) const {
  const View* v = view(kind);
  return v == nullptr ? 0 : v->objects.size();
}

std::optional<Transition> ObjectCache::put(View& view, Object object) {
  const ObjectKey key = cluster::key_of(object);
  const Name name{key.namespace_, key.name};
  const auto known = view.objects.find(name);
  if (known != view.objects.end()) {
    const auto version = version_of(object);
    const auto known_version = version_of(*known->second);
    if (version < known_version || (version == known_version && version != 0)) return std::nullopt;
  }
  if (!is_ours(object)) return known == view.objects.end() ? std::nullopt : erase(view, key);

  Transition transition{key, known == view.objects.end() ? nullptr : known->second,
                        std::make_shared<const Object>(slim(std::move(object)))};
  if (transition.before) unindex(view, name, *transition.before);
  index(view, name, *transition.after);
  view.objects[name] = transition.after;
  return transition;
}

std::optional<Transition> ObjectCache::erase(View& view, const ObjectKey& key) {
  const Name name{key.namespace_, key.name};
  const auto known = view.objects.find(name);
  if (known == view.objects.end()) return std::nullopt;
  Transition transition{key, known->second, nullptr};
  unindex(view, name, *known->second);
  view.objects.erase(known);
  return transition;
}

void ObjectCache::index(View& view, const Name& name, const Object& object) {
  if (is_owner_kind(cluster::kind_of(object))) {
    owners_[cluster::meta_of(object).uid] = cluster::key_of(object);
  } else {
    view.by_owner[owner_uid(object)].insert(name);
  }
}

void ObjectCache::unindex(View& view, const Name& name, const Object& object) {
  if (is_owner_kind(cluster::kind_of(object))) {
    owners_.erase(cluster::meta_of(object).uid);
    return;
  }
  const auto names = view.by_owner.find(owner_uid(object));
  names->second.erase(name);
  if (names->second.empty()) view.by_owner.erase(names);
}

const ObjectCache::View* ObjectCache::view(Kind kind) const {
  const auto found = views_.find(kind);
  return found == views_.end() ? nullptr : &found->second;
}

}  // namespace visionops::runtime
