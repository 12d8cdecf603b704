#include "operator/runtime/cache/object_cache.h"

#include <algorithm>
#include <set>

#include "operator/core/children.h"
#include "operator/core/reconcile.h"
#include "operator/core/run/queue.h"
#include "operator/runtime/cache/kinds.h"
#include "operator/runtime/cache/resource_version.h"

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

std::string owner_uid(const ObjectPtr& object) { return object ? owner_uid(*object) : std::string{}; }

/// What Pods of one name and kind of owner have in common, whichever uid it had; empty for all others. The kind's name
/// and slashes keep it apart from any uid.
std::string name_term(std::string_view kind, const std::string& namespace_, const std::string& name_label) {
  return std::string(kind) + "/" + namespace_ + "/" + name_label;
}

std::string name_term(const ObjectPtr& object) {
  const auto* pod = object ? std::get_if<cluster::Pod>(object.get()) : nullptr;
  if (pod == nullptr) return {};
  const auto kind = pod->meta.labels.find(std::string(core::kOwnerKindLabel));
  const auto name = pod->meta.labels.find(std::string(core::kOwnerNameLabel));
  if (kind == pod->meta.labels.end() || name == pod->meta.labels.end()) return {};
  return name_term(kind->second, pod->meta.namespace_, name->second);
}

bool is_ours(const Object& object) { return is_owner_kind(cluster::kind_of(object)) || !owner_uid(object).empty(); }

/// Their labels are those of the Job or Pod.
void drop_containers(cluster::PodTemplate& pod) {
  pod.labels = {};
  pod.annotations = {};
  pod.tolerations = {};
  pod.containers = {};
  pod.volumes = {};
}

Object slim(Object object) {
  if (auto* job = std::get_if<cluster::Job>(&object)) drop_containers(job->spec.pod);
  if (auto* pod = std::get_if<cluster::Pod>(&object)) drop_containers(pod->spec);
  return object;
}

std::uint64_t version_of(const Object& object) { return version_number(cluster::meta_of(object).resource_version); }

bool by_name(const ReferenceIndex::Name* a, const ReferenceIndex::Name* b) { return *a < *b; }

}  // namespace

bool ObjectCache::begin_list(Kind kind, const std::string& resource_version) {
  View& view = views_[kind];
  if (version_number(resource_version) < view.seen) return false;
  ++view.lists;
  return true;
}

std::vector<Transition> ObjectCache::add_page(Kind kind, std::vector<Object> items) {
  View& view = views_[kind];
  std::vector<Transition> transitions;
  for (auto& item : items) {
    const auto& meta = cluster::meta_of(item);
    const Name name{meta.namespace_, meta.name};
    if (auto transition = put(view, std::move(item))) transitions.push_back(std::move(*transition));
    if (const auto known = view.objects.find(name); known != view.objects.end()) known->second.listed = view.lists;
  }
  return transitions;
}

std::vector<Transition> ObjectCache::end_list(Kind kind, const std::string& resource_version) {
  View& view = views_[kind];
  const auto version = version_number(resource_version);
  std::vector<ObjectKey> missing;
  for (const auto& [name, known] : view.objects) {
    // A direct read may have brought something newer than this list; its absence here proves nothing.
    if (known.listed != view.lists && known.version <= version) missing.push_back({kind, name.first, name.second});
  }
  std::vector<Transition> transitions;
  for (const auto& key : missing) transitions.push_back(*erase(view, key));
  view.seen = std::max(view.seen, version);
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
  return erase_as_of(view, change.object);
}

std::optional<Transition> ObjectCache::observe(Object live) {
  View& view = views_[cluster::kind_of(live)];
  return put(view, std::move(live));
}

std::optional<Transition> ObjectCache::observe_missing(const ObjectKey& key) { return erase(views_[key.kind], key); }

ObjectPtr ObjectCache::find(const ObjectKey& key) const {
  const Entry* known = entry(key);
  return known == nullptr ? nullptr : open(*known);
}

std::optional<std::uint64_t> ObjectCache::version(const ObjectKey& key) const {
  const Entry* known = entry(key);
  return known == nullptr ? std::nullopt : std::optional(known->version);
}

std::vector<ObjectPtr> ObjectCache::children(Kind kind, const std::string& uid) const {
  const View* v = view(kind);
  if (v == nullptr) return {};
  std::vector<const Name*> names;
  const auto [begin, end] = v->by_owner.equal_range(uid_key(uid));
  for (auto it = begin; it != end; ++it) names.push_back(it->second);
  std::ranges::sort(names, by_name);
  std::vector<ObjectPtr> found;
  found.reserve(names.size());
  for (const auto* name : names) found.push_back(open(v->objects.at(*name)));
  return found;
}

std::vector<ObjectPtr> ObjectCache::pods_named_after(const ObjectKey& owner) const {
  return children(Kind::Pod,
                  name_term(cluster::kind_name(owner.kind), owner.namespace_, core::label_value(owner.name)));
}

std::optional<ObjectKey> ObjectCache::owner(const std::string& uid) const {
  const auto found = owners_.find(uid_key(uid));
  if (found == owners_.end()) return std::nullopt;
  const auto& [kind, name] = found->second;
  return ObjectKey{kind, name->first, name->second};
}

std::vector<ObjectPtr> ObjectCache::targets(Kind kind, const api::Pipeline& referrer) const {
  auto entries = references_.targets(referrer);
  const auto& group = referrer.spec.output.group;
  const View* v = view(kind);
  if (kind == Kind::Dataset && v != nullptr && !group.empty()) {
    const auto& namespace_ = referrer.meta.namespace_;
    for (auto it = v->objects.lower_bound({namespace_, group});
         it != v->objects.end() && it->first.first == namespace_ && it->first.second.starts_with(group); ++it) {
      entries.insert({kind, &it->first});
    }
  }
  return open(kind, entries);
}

std::vector<ObjectPtr> ObjectCache::targets(Kind kind, const api::TrainingJob& referrer) const {
  return open(kind, references_.targets(referrer));
}

std::vector<ObjectPtr> ObjectCache::neighbours(const api::Dataset& dataset) const {
  std::vector<ReferenceIndex::Entry> entries;
  for (const auto* name : folders_.overlapping(dataset)) entries.push_back({Kind::Dataset, name});
  return open(Kind::Dataset, entries);
}

std::vector<ObjectPtr> ObjectCache::referrers(Kind kind, const Object& target) const {
  return open(kind, references_.referrers(target));
}

template <class Entries>
std::vector<ObjectPtr> ObjectCache::open(Kind kind, const Entries& entries) const {
  std::vector<const Name*> names;
  for (const auto& found : entries) {
    if (found.kind == kind) names.push_back(found.name);
  }
  std::ranges::sort(names, by_name);
  std::vector<ObjectPtr> objects;
  objects.reserve(names.size());
  for (const auto* name : names) objects.push_back(open(views_.at(kind).objects.at(*name)));
  return objects;
}

ObjectPtr ObjectCache::open(const Entry& entry) const {
  if (ObjectPtr known = open_.find(entry.object)) return known;
  ObjectPtr opened = packer_.unpack(entry.object);
  open_.keep(entry.object, opened);
  return opened;
}

std::vector<ObjectKey> ObjectCache::keys(Kind kind) const {
  std::vector<ObjectKey> found;
  const View* v = view(kind);
  if (v == nullptr) return found;
  found.reserve(v->objects.size());
  for (const auto& [name, known] : v->objects) found.push_back({kind, name.first, name.second});
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
  const auto version = version_of(object);
  const auto known = view.objects.find(name);
  if (known != view.objects.end() &&
      (version < known->second.version || (version == known->second.version && version != 0))) {
    return std::nullopt;
  }
  if (!is_ours(object)) return known == view.objects.end() ? std::nullopt : erase(view, key);

  const ObjectPtr before = known == view.objects.end() ? nullptr : open(known->second);
  const ObjectPtr after = std::make_shared<const Object>(slim(std::move(object)));
  const auto place = known == view.objects.end() ? view.objects.emplace(name, Entry{}).first : known;
  open_.forget(place->second.object);
  place->second.object = packer_.pack(after);
  place->second.version = version;
  index(view, &place->first, before, after);
  return Transition{key, before, after};
}

std::optional<Transition> ObjectCache::erase(View& view, const ObjectKey& key) {
  const auto known = view.objects.find({key.namespace_, key.name});
  if (known == view.objects.end()) return std::nullopt;
  Transition transition{key, open(known->second), nullptr};
  open_.forget(known->second.object);
  index(view, &known->first, transition.before, nullptr);
  view.objects.erase(known);
  return transition;
}

std::optional<Transition> ObjectCache::erase_as_of(View& view, const Object& last) {
  const ObjectKey key = cluster::key_of(last);
  const Entry* known = entry(key);
  if (known == nullptr || version_of(last) < known->version) return std::nullopt;
  return erase(view, key);
}

void ObjectCache::index(View& view, const Name* name, const ObjectPtr& before, const ObjectPtr& after) {
  if (is_owner_kind(cluster::kind_of(before ? *before : *after))) {
    index_resource(name, before, after);
  } else {
    index_child(view, name, owner_uid(before), owner_uid(after));
    index_child(view, name, name_term(before), name_term(after));
  }
}

void ObjectCache::index_resource(const Name* name, const ObjectPtr& before, const ObjectPtr& after) {
  const Kind kind = cluster::kind_of(before ? *before : *after);
  if (before) owners_.erase(uid_key(cluster::meta_of(*before).uid));
  if (after) owners_[uid_key(cluster::meta_of(*after).uid)] = {kind, name};
  if (kind == Kind::Dataset) index_folder(name, before, after);
  const auto old_terms = before ? ReferenceIndex::terms_of(*before) : ReferenceIndex::Terms{};
  const auto new_terms = after ? ReferenceIndex::terms_of(*after) : ReferenceIndex::Terms{};
  if (old_terms == new_terms) return;
  references_.remove(old_terms, {kind, name});
  references_.add(new_terms, {kind, name});
}

void ObjectCache::index_folder(const Name* name, const ObjectPtr& before, const ObjectPtr& after) {
  if (before) folders_.remove(std::get<api::Dataset>(*before), name);
  if (after) folders_.add(std::get<api::Dataset>(*after), name);
}

void ObjectCache::index_child(View& view, const Name* name, const std::string& before, const std::string& after) {
  if (before == after) return;
  if (!before.empty()) {
    const auto [begin, end] = view.by_owner.equal_range(uid_key(before));
    const auto old = std::find_if(begin, end, [name](const auto& child) { return child.second == name; });
    if (old != end) view.by_owner.erase(old);
  }
  if (!after.empty()) view.by_owner.emplace(uid_key(after), name);
}

const ObjectCache::View* ObjectCache::view(Kind kind) const {
  const auto found = views_.find(kind);
  return found == views_.end() ? nullptr : &found->second;
}

const ObjectCache::Entry* ObjectCache::entry(const ObjectKey& key) const {
  const View* v = view(key.kind);
  if (v == nullptr) return nullptr;
  const auto found = v->objects.find({key.namespace_, key.name});
  return found == v->objects.end() ? nullptr : &found->second;
}

}  // namespace visionops::runtime
