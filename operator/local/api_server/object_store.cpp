#include "operator/local/api_server/object_store.h"

#include <algorithm>

#include "base/json.h"
#include "operator/local/api_server/admission.h"
#include "operator/local/api_server/journal_key.h"
#include "operator/local/api_server/random_text.h"

namespace visionops::local {
namespace {

using cluster::ChangeType;
using cluster::Object;
using cluster::ObjectKey;

/// A deleted Pod stays while its node still has to end it.
bool held_by_node(const Object& object) {
  const auto* pod = std::get_if<cluster::Pod>(&object);
  return pod != nullptr && !pod->node.empty() && pod->phase != cluster::PodPhase::Succeeded &&
         pod->phase != cluster::PodPhase::Failed;
}

bool may_go(const Object& object) { return meta_of(object).finalizers.empty() && !held_by_node(object); }

bool has_generation(cluster::Kind kind) { return cluster::is_ours(kind) || kind == cluster::Kind::Job; }

/// Times in metadata have whole seconds (metav1.Time).
TimePoint whole_seconds(TimePoint t) { return std::chrono::floor<std::chrono::seconds>(t); }

Status check_preconditions(const Object& live, const std::optional<std::string>& uid,
                           const std::optional<std::string>& resource_version) {
  const auto& meta = meta_of(live);
  const std::string name = to_string(cluster::key_of(live));
  if (uid && *uid != meta.uid)
    return conflict_error(name + " is another object: its uid is " + meta.uid + ", not " + *uid);
  if (resource_version && *resource_version != meta.resource_version) {
    return conflict_error(name + " was changed: its resourceVersion is " + meta.resource_version + ", not " +
                          *resource_version);
  }
  return {};
}

/// WriteBatches of this thread.
thread_local int open_batches = 0;

std::optional<std::string> when_set(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

}  // namespace

const api::OwnerReference* controller_of(const api::ObjectMeta& meta) {
  const auto it = std::find_if(meta.owner_references.begin(), meta.owner_references.end(),
                               [](const api::OwnerReference& owner) { return owner.controller; });
  return it == meta.owner_references.end() ? nullptr : &*it;
}

ObjectStore::ObjectStore(const Clock& clock, ObjectStoreOptions options)
    : clock_(clock), options_(std::move(options)), history_(options_.history), events_(options_.events_per_object) {
  if (!options_.new_uid) options_.new_uid = random_uid;
}

ObjectStore::~ObjectStore() = default;

WriteBatch::WriteBatch(ObjectStore& store) : store_(store) { ++open_batches; }

WriteBatch::~WriteBatch() {
  // A failed sync breaks the journal: the next write reports it.
  if (--open_batches == 0 && store_.journal_) (void)store_.journal_->sync().ok();
}

void ObjectStore::compact_history() {
  const MutexLock lock(mutex_);
  history_.restart(version_);
}

void ObjectStore::set_listener(std::function<void()> listener) {
  const MutexLock lock(mutex_);
  listener_ = std::move(listener);
}

std::vector<StoredEvent> ObjectStore::list_events(const ObjectKey& about) const {
  const MutexLock lock(mutex_);
  return events_.list(about);
}

// Writing

/// Runs `body` under the lock; wakes the watchers and makes the journal durable after it, so that
/// concurrent writers share one sync.
template <class Body>
auto ObjectStore::write(Body&& body) -> decltype(body()) {
  MutexLock lock(mutex_);
  const std::uint64_t before = version_;
  auto result = body();
  if (version_ == before) return result;
  compact_journal();
  const auto listener = listener_;
  lock.unlock();
  changed_.notify_all();
  if (listener) listener();
  if (journal_ && open_batches == 0) {
    if (auto synced = journal_->sync(); !synced) return synced.error();
  }
  return result;
}

Result<Object> ObjectStore::create(const Object& object) {
  auto admitted = admit_create(object);
  if (!admitted) return admitted;
  const ObjectKey key = key_of(*admitted);
  return write([&]() VISIONOPS_REQUIRES(mutex_) -> Result<Object> {
    if (entries_.contains(key)) return Error{ErrorClass::AlreadyExists, to_string(key) + " exists already"};
    auto& meta = meta_of(*admitted);
    meta.uid = options_.new_uid();
    meta.creation_timestamp = whole_seconds(clock_.now());
    meta.generation = has_generation(key.kind) ? 1 : 0;
    auto stored = put(key, std::move(*admitted), {});
    if (!stored) return stored.error();
    if (auto checked = remove_if_orphan(key); !checked) return checked.error();
    return **stored;
  });
}

Result<Object> ObjectStore::create_unchecked(const Json& manifest) {
  auto decoded = cluster::decode_object(manifest);
  if (!decoded) return decoded;
  const ObjectKey key = key_of(*decoded);
  if (!cluster::is_ours(key.kind)) return invalid_error(to_string(key) + ": only custom objects can have problems");
  return write([&]() VISIONOPS_REQUIRES(mutex_) -> Result<Object> {
    if (entries_.contains(key)) return Error{ErrorClass::AlreadyExists, to_string(key) + " exists already"};
    auto& meta = meta_of(*decoded);
    meta.uid = options_.new_uid();
    meta.creation_timestamp = whole_seconds(clock_.now());
    meta.generation = 1;
    const bool sound = problems_of(*decoded).empty();
    auto stored = put(key, std::move(*decoded), sound ? std::string() : manifest.value("spec", Json()).dump());
    if (!stored) return stored.error();
    return **stored;
  });
}

Result<Object> ObjectStore::update(const Object& object) {
  return write([&]() VISIONOPS_REQUIRES(mutex_) -> Result<Object> {
    auto entry = find_for_write(object);
    if (!entry) return entry.error();
    const Object& live = *(*entry)->object;
    auto next = admit_update(live, object);
    if (!next) return next;
    if (spec_differs(live, *next)) {
      if (has_generation(kind_of(live))) ++meta_of(*next).generation;
      return store_change(**entry, std::move(*next), {});
    }
    return store_change(**entry, std::move(*next), (*entry)->raw_spec);
  });
}

Result<Object> ObjectStore::update_status(const Object& object) {
  return write([&]() VISIONOPS_REQUIRES(mutex_) -> Result<Object> {
    auto entry = find_for_write(object);
    if (!entry) return entry.error();
    auto next = admit_status(*(*entry)->object, object);
    if (!next) return next;
    return store_change(**entry, std::move(*next), (*entry)->raw_spec);
  });
}

Status ObjectStore::remove(const ObjectKey& key, const cluster::Preconditions& preconditions) {
  return write([&]() VISIONOPS_REQUIRES(mutex_) -> Status {
    const auto it = entries_.find(key);
    if (it == entries_.end()) return missing(key);
    if (auto held = check_preconditions(*it->second.object, preconditions.uid, preconditions.resource_version); !held)
      return held;
    return begin_removal(key);
  });
}

void ObjectStore::emit(const ObjectKey& about, const cluster::Event& event) {
  const MutexLock lock(mutex_);
  if (!entries_.contains(about)) return;
  const StoredEvent stored = events_.add(about, event, clock_.now());
  // Best effort: an event that did not reach the disk is not an error of the caller.
  (void)journal({{"event", to_json(stored)}, {"about", to_json(about)}}).ok();
  compact_journal();
}

Result<ObjectStore::Entry*> ObjectStore::find_for_write(const Object& incoming) {
  const ObjectKey key = key_of(incoming);
  const auto it = entries_.find(key);
  if (it == entries_.end()) return missing(key);
  const auto& meta = meta_of(incoming);
  if (auto held = check_preconditions(*it->second.object, when_set(meta.uid), when_set(meta.resource_version)); !held) {
    return held.error();
  }
  return &it->second;
}

Result<Object> ObjectStore::store_change(const Entry& entry, Object next, std::string raw_spec) {
  const ObjectKey key = key_of(next);
  if (meta_of(next).deletion_timestamp && may_go(next)) {
    Object last = next;
    if (auto erased = erase(key, std::move(next)); !erased) return erased.error();
    return last;
  }
  if (same_content(*entry.object, next)) return *entry.object;
  auto stored = put(key, std::move(next), std::move(raw_spec));
  if (!stored) return stored.error();
  if (auto checked = remove_if_orphan(key); !checked) return checked.error();
  return **stored;
}

Result<ObjectPtr> ObjectStore::put(const ObjectKey& key, Object next, std::string raw_spec) {
  meta_of(next).resource_version = std::to_string(version_ + 1);
  Entry entry{std::make_shared<const Object>(std::move(next)), std::move(raw_spec)};
  if (auto written = journal(put_record(entry)); !written) return written.error();
  ++version_;
  const auto it = entries_.find(key);
  const ObjectPtr before = it == entries_.end() ? nullptr : it->second.object;
  if (before) unindex(key, meta_of(*before));
  index(key, meta_of(*entry.object));
  history_.add(version_, before ? ChangeType::Modified : ChangeType::Added, before, entry.object);
  const ObjectPtr stored = entry.object;
  entries_[key] = std::move(entry);
  return stored;
}

Status ObjectStore::erase(const ObjectKey& key, Object last) {
  if (auto written = journal({{"delete", to_json(key)}, {"version", version_ + 1}}); !written) return written;
  ++version_;
  meta_of(last).resource_version = std::to_string(version_);
  const std::string uid = meta_of(last).uid;
  const auto it = entries_.find(key);
  const ObjectPtr before = it->second.object;
  unindex(key, meta_of(*before));
  entries_.erase(it);
  events_.forget(key);
  history_.add(version_, ChangeType::Deleted, before, std::make_shared<const Object>(std::move(last)));
  return remove_children(uid);
}

Status ObjectStore::begin_removal(const ObjectKey& key) {
  Entry& entry = entries_.at(key);
  if (may_go(*entry.object)) return erase(key, *entry.object);
  if (meta_of(*entry.object).deletion_timestamp) return {};
  Object next = *entry.object;
  meta_of(next).deletion_timestamp = whole_seconds(clock_.now());
  if (has_generation(key.kind)) ++meta_of(next).generation;
  auto stored = put(key, std::move(next), entry.raw_spec);
  return stored ? Status{} : Status{stored.error()};
}

Status ObjectStore::remove_children(const std::string& owner_uid) {
  const auto it = children_.find(owner_uid);
  if (it == children_.end()) return {};
  const std::set<ObjectKey> children = it->second;
  for (const ObjectKey& child : children) {
    if (!entries_.contains(child)) continue;
    if (auto removed = begin_removal(child); !removed) return removed;
  }
  return {};
}

Status ObjectStore::remove_if_orphan(const ObjectKey& key) {
  const auto* owner = controller_of(meta_of(*entries_.at(key).object));
  if (owner == nullptr || by_uid_.contains(owner->uid) || !cluster::kind_named(owner->kind)) return {};
  return begin_removal(key);
}

void ObjectStore::index(const ObjectKey& key, const api::ObjectMeta& meta) {
  by_uid_[meta.uid] = key;
  if (const auto* owner = controller_of(meta)) children_[owner->uid].insert(key);
}

void ObjectStore::unindex(const ObjectKey& key, const api::ObjectMeta& meta) {
  by_uid_.erase(meta.uid);
  const auto* owner = controller_of(meta);
  if (owner == nullptr) return;
  const auto it = children_.find(owner->uid);
  if (it == children_.end()) return;
  it->second.erase(key);
  if (it->second.empty()) children_.erase(it);
}

void ObjectStore::finish_loading() {
  std::vector<ObjectKey> keys;
  {
    const MutexLock lock(mutex_);
    for (const auto& [key, entry] : entries_) {
      index(key, meta_of(*entry.object));
      keys.push_back(key);
    }
    history_.restart(version_);
  }
  // A process that died between an owner's removal and its children's leaves orphans.
  (void)write([&]() VISIONOPS_REQUIRES(mutex_) -> Status {
    for (const ObjectKey& key : keys) {
      if (!entries_.contains(key)) continue;
      if (auto checked = remove_if_orphan(key); !checked) return checked;
    }
    return {};
  }).ok();
}

}  // namespace visionops::local
