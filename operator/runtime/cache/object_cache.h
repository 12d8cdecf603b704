// What the operator knows of the cluster: the newest seen version of each object, fed by list + watch.
//
// Kept are the reconciled kinds whole, and of Jobs and Pods those with an owner uid label, without the
// container specs that no decision reads (memory grows with what is managed, not with the cluster); of
// Kueue's Workloads those whose Job may be of a TrainingJob. All are kept packed: whoever asks for an object gets
// a copy that lives as long as he holds it, and shares it with whoever asks next.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "operator/cluster/cluster_api.h"
#include "operator/runtime/cache/folder_index.h"
#include "operator/runtime/cache/open_objects.h"
#include "operator/runtime/cache/packed_object.h"
#include "operator/runtime/cache/reference_index.h"
#include "operator/runtime/cache/uid_key.h"

namespace visionops::runtime {

/// One object before and after a change of the cache; null: not there.
struct Transition {
  cluster::ObjectKey key;
  ObjectPtr before;
  ObjectPtr after;
};

/// Not thread-safe; used through Locked<ObjectCache>.
class ObjectCache {
 public:
  /// A list takes the place of everything of its kind, page by page: begin_list(), add_page() for each page,
  /// end_list(), which removes what was in no page. Until then old and new stand side by side. A list that
  /// is begun anew forgets the pages of the one before.
  /// false and no change when the list is older than what was seen already (a lagging API server).
  bool begin_list(cluster::Kind kind, const std::string& resource_version);
  std::vector<Transition> add_page(cluster::Kind kind, std::vector<cluster::Object> items);
  std::vector<Transition> end_list(cluster::Kind kind, const std::string& resource_version);

  /// One change of a watch. nullopt: nothing that anybody could notice (older, bookmark, not ours).
  std::optional<Transition> apply(cluster::Change change);
  /// The result of a direct read; ignored when older than what is known.
  std::optional<Transition> observe(cluster::Object live);
  /// A direct read found nothing.
  std::optional<Transition> observe_missing(const cluster::ObjectKey& key);

  [[nodiscard]] ObjectPtr find(const cluster::ObjectKey& key) const;
  /// The number of the resourceVersion of an object that is known.
  [[nodiscard]] std::optional<std::uint64_t> version(const cluster::ObjectKey& key) const;
  /// Jobs or Pods that carry the owner uid label, by name; the Workloads of the Job with that uid.
  [[nodiscard]] std::vector<ObjectPtr> children(cluster::Kind kind, const std::string& owner_uid) const;
  /// Pods that carry the name of `owner` in their labels: its own, and those of a former object of that name.
  [[nodiscard]] std::vector<ObjectPtr> pods_named_after(const cluster::ObjectKey& owner) const;
  /// The reconciled resource with this uid.
  [[nodiscard]] std::optional<cluster::ObjectKey> owner(const std::string& uid) const;
  /// What of `kind` may concern `referrer`, and who of `kind` may be concerned by `target`: all that do
  /// (references.h), and perhaps some that do not.
  [[nodiscard]] std::vector<ObjectPtr> targets(cluster::Kind kind, const api::Pipeline& referrer) const;
  [[nodiscard]] std::vector<ObjectPtr> targets(cluster::Kind kind, const api::TrainingJob& referrer) const;
  /// Datasets of every namespace on a store of the same name whose folder overlaps with that of `dataset`, itself
  /// among them.
  [[nodiscard]] std::vector<ObjectPtr> neighbours(const api::Dataset& dataset) const;
  [[nodiscard]] std::vector<ObjectPtr> referrers(cluster::Kind kind, const cluster::Object& target) const;
  [[nodiscard]] std::vector<cluster::ObjectKey> keys(cluster::Kind kind) const;

  /// True once the first list of the kind has arrived.
  [[nodiscard]] bool synced(cluster::Kind kind) const;
  [[nodiscard]] bool all_synced() const;
  /// The newest resourceVersion of the cluster that the view of this kind reflects.
  [[nodiscard]] std::uint64_t seen_version(cluster::Kind kind) const;
  [[nodiscard]] std::size_t size(cluster::Kind kind) const;

 private:
  using Name = ReferenceIndex::Name;
  struct Entry {
    PackedObject object;
    std::uint64_t version = 0;
    std::uint32_t listed = 0;  ///< number of the newest list of the kind that had it
  };
  struct View {
    std::map<Name, Entry> objects;
    std::unordered_multimap<UidKey, const Name*, UidHash> by_owner;
    std::uint64_t seen = 0;
    std::uint32_t lists = 0;
    bool synced = false;
  };
  struct Resource {
    cluster::Kind kind;
    const Name* name;
  };

  std::optional<Transition> put(View& view, cluster::Object object);
  std::optional<Transition> erase(View& view, const cluster::ObjectKey& key);
  /// Unless something newer of this name is known.
  std::optional<Transition> erase_as_of(View& view, const cluster::Object& last);
  [[nodiscard]] const View* view(cluster::Kind kind) const;
  [[nodiscard]] const Entry* entry(const cluster::ObjectKey& key) const;
  [[nodiscard]] ObjectPtr open(const Entry& entry) const;
  template <class Entries>
  [[nodiscard]] std::vector<ObjectPtr> open(cluster::Kind kind, const Entries& entries) const;

  void index(View& view, const Name* name, const ObjectPtr& before, const ObjectPtr& after);
  void index_resource(const Name* name, const ObjectPtr& before, const ObjectPtr& after);
  void index_folder(const Name* name, const ObjectPtr& before, const ObjectPtr& after);
  static void index_child(View& view, const Name* name, const std::string& before, const std::string& after);

  std::map<cluster::Kind, View> views_;
  std::unordered_map<UidKey, Resource, UidHash> owners_;  ///< reconciled resources by uid
  ReferenceIndex references_;
  FolderIndex folders_;
  ObjectPacker packer_;
  mutable OpenObjects open_;
};

}  // namespace visionops::runtime
