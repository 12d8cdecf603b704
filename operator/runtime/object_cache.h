// What the operator knows of the cluster: the newest seen version of each object, fed by list + watch.
//
// Kept are the reconciled kinds whole, and of Jobs and Pods those with an owner uid label, without the
// container specs that no decision reads (memory grows with what is managed, not with the cluster); of
// Kueue's Workloads those whose Job may be of a TrainingJob.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "operator/cluster/cluster_api.h"

namespace visionops::runtime {

/// Shared and immutable: may be read from any thread after it left the cache.
using ObjectPtr = std::shared_ptr<const cluster::Object>;

/// One object before and after a change of the cache; null: not there.
struct Transition {
  cluster::ObjectKey key;
  ObjectPtr before;
  ObjectPtr after;
};

/// Not thread-safe; used through Locked<ObjectCache>.
class ObjectCache {
 public:
  /// Takes the place of everything of this kind: what is missing in `items` has been deleted.
  /// nullopt and no change when the list is older than what was seen already (a lagging API server).
  std::optional<std::vector<Transition>> replace(cluster::Kind kind, std::vector<cluster::Object> items,
                                                 const std::string& resource_version);
  /// One change of a watch. nullopt: nothing that anybody could notice (older, bookmark, not ours).
  std::optional<Transition> apply(cluster::Change change);
  /// The result of a direct read; ignored when older than what is known.
  std::optional<Transition> observe(cluster::Object live);
  /// A direct read found nothing.
  std::optional<Transition> observe_missing(const cluster::ObjectKey& key);

  [[nodiscard]] ObjectPtr find(const cluster::ObjectKey& key) const;
  /// Jobs or Pods that carry the owner uid label, by name; the Workloads of the Job with that uid.
  [[nodiscard]] std::vector<ObjectPtr> children(cluster::Kind kind, const std::string& owner_uid) const;
  /// The reconciled resource with this uid.
  [[nodiscard]] std::optional<cluster::ObjectKey> owner(const std::string& uid) const;
  [[nodiscard]] std::vector<ObjectPtr> in_namespace(cluster::Kind kind, const std::string& namespace_) const;
  [[nodiscard]] std::vector<ObjectPtr> all(cluster::Kind kind) const;

  /// True once the first list of the kind has arrived.
  [[nodiscard]] bool synced(cluster::Kind kind) const;
  [[nodiscard]] bool all_synced() const;
  /// The newest resourceVersion of the cluster that the view of this kind reflects.
  [[nodiscard]] std::uint64_t seen_version(cluster::Kind kind) const;
  [[nodiscard]] std::size_t size(cluster::Kind kind) const;

 private:
  using Name = std::pair<std::string, std::string>;  ///< namespace, name
  struct View {
    std::map<Name, ObjectPtr> objects;
    std::unordered_map<std::string, std::set<Name>> by_owner;
    std::uint64_t seen = 0;
    bool synced = false;
  };

  std::optional<Transition> put(View& view, cluster::Object object);
  std::optional<Transition> erase(View& view, const cluster::ObjectKey& key);
  [[nodiscard]] const View* view(cluster::Kind kind) const;

  void index(View& view, const Name& name, const cluster::Object& object);
  void unindex(View& view, const Name& name, const cluster::Object& object);

  std::map<cluster::Kind, View> views_;
  std::unordered_map<std::string, cluster::ObjectKey> owners_;  ///< reconciled resources by uid
};

}  // namespace visionops::runtime
