#include "operator/runtime/cache/own_writes.h"

#include <algorithm>

#include "operator/runtime/cache/resource_version.h"

namespace visionops::runtime {
namespace {

bool is_seen(const OwnWrite& write, const ObjectCache& cache) {
  if (!write.removed_uid.empty()) {
    const ObjectPtr known = cache.find(write.object);
    if (!known) return true;
    const auto& meta = cluster::meta_of(*known);
    return meta.uid != write.removed_uid || meta.deletion_timestamp.has_value();
  }
  if (cache.seen_version(write.object.kind) >= write.version) return true;
  return cache.version(write.object).value_or(0) >= write.version;
}

}  // namespace

void OwnWrites::stored(const cluster::ObjectKey& owner, const cluster::Object& stored, TimePoint now) {
  remember(owner, {cluster::key_of(stored), version_number(cluster::meta_of(stored).resource_version), {}, now});
}

void OwnWrites::removed(const cluster::ObjectKey& owner, const cluster::ObjectKey& object, const std::string& uid,
                        TimePoint now) {
  remember(owner, {object, 0, uid, now});
}

std::vector<OwnWrite> OwnWrites::unseen(const cluster::ObjectKey& owner, const ObjectCache& cache) {
  const auto found = writes_.find(owner);
  if (found == writes_.end()) return {};
  std::erase_if(found->second, [&](const OwnWrite& write) { return is_seen(write, cache); });
  if (found->second.empty()) {
    writes_.erase(found);
    return {};
  }
  return found->second;
}

void OwnWrites::remember(const cluster::ObjectKey& owner, OwnWrite write) {
  auto& writes = writes_[owner];
  // One entry an object: only the newest write matters, which also bounds the list.
  std::erase_if(writes, [&](const OwnWrite& known) { return known.object == write.object; });
  writes.push_back(std::move(write));
}

}  // namespace visionops::runtime
