// What an ObjectStore tells of itself.
#include "operator/local/api_server/object_store.h"

namespace visionops::local {

using cluster::Object;
using cluster::ObjectKey;

Error missing(const ObjectKey& key) { return not_found_error(to_string(key) + " does not exist"); }

Result<Object> ObjectStore::get(const ObjectKey& key) const {
  const MutexLock lock(mutex_);
  const auto it = entries_.find(key);
  if (it == entries_.end()) return missing(key);
  return *it->second.object;
}

Result<cluster::ObjectList> ObjectStore::list(cluster::Kind kind, const cluster::ListOptions& options) const {
  const MutexLock lock(mutex_);
  cluster::ObjectList out;
  out.resource_version = std::to_string(version_);
  for (auto it = entries_.lower_bound({kind, options.namespace_, ""}); it != entries_.end() && it->first.kind == kind;
       ++it) {
    if (selects(options, meta_of(*it->second.object))) out.items.push_back(*it->second.object);
  }
  return out;
}

std::vector<ObjectPtr> ObjectStore::view(cluster::Kind kind) const {
  const MutexLock lock(mutex_);
  std::vector<ObjectPtr> out;
  for (auto it = entries_.lower_bound({kind, "", ""}); it != entries_.end() && it->first.kind == kind; ++it) {
    out.push_back(it->second.object);
  }
  return out;
}

std::uint64_t ObjectStore::version() const {
  const MutexLock lock(mutex_);
  return version_;
}

Result<ChangeBatch> ObjectStore::changes_since(std::uint64_t version, cluster::Kind kind,
                                               const cluster::ListOptions& options) const {
  const MutexLock lock(mutex_);
  auto changes = history_.since(version, kind, options);
  if (!changes) return changes.error();
  return ChangeBatch{std::move(*changes), version_};
}

void ObjectStore::wait_for_change(std::uint64_t version, std::stop_token stop, std::optional<Duration> timeout) const {
  MutexLock lock(mutex_);
  const auto changed = [&]() VISIONOPS_REQUIRES(mutex_) { return version_ > version; };
  if (timeout) {
    changed_.wait_for(lock, stop, *timeout, changed);
  } else {
    changed_.wait(lock, stop, changed);
  }
}

}  // namespace visionops::local
