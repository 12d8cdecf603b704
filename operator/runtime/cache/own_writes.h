// Read your own writes: what this process wrote for each resource and has not yet seen come back.
// A resource is not reconciled while such a write is open, or a stale cache would make us write twice
// (the cause of duplicate children in kuberay#715, argo-workflows#13986).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "operator/cluster/cluster_api.h"
#include "operator/runtime/cache/object_cache.h"

namespace visionops::runtime {

struct OwnWrite {
  cluster::ObjectKey object;
  std::uint64_t version = 0;  ///< stored by the write; 0 for a removal
  std::string removed_uid;    ///< of a removal
  TimePoint at{};
};

/// Not thread-safe; used through Locked<OwnWrites>.
class OwnWrites {
 public:
  /// `stored` is what the API server answered to a create or update made for `owner`.
  void stored(const cluster::ObjectKey& owner, const cluster::Object& stored, TimePoint now);
  void removed(const cluster::ObjectKey& owner, const cluster::ObjectKey& object, const std::string& uid,
               TimePoint now);
  /// The writes for `owner` that `cache` does not reflect yet; the others are forgotten.
  std::vector<OwnWrite> unseen(const cluster::ObjectKey& owner, const ObjectCache& cache);
  void forget(const cluster::ObjectKey& owner) { writes_.erase(owner); }

 private:
  void remember(const cluster::ObjectKey& owner, OwnWrite write);
  std::map<cluster::ObjectKey, std::vector<OwnWrite>> writes_;
};

}  // namespace visionops::runtime
