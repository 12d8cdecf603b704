// ClusterApi: the narrow door to a cluster, shaped by the real Kubernetes API. Two implementations:
// local/ (embedded, in memory, processes as Pods) and kube/ (HTTPS). The suite in tests/cluster runs
// unchanged against both.
//
// Semantics that both keep:
// - every object has a uid and a resourceVersion that grows with each write of the cluster;
// - update and update_status fail with Conflict when resource_version is set and not the newest;
// - update_status changes only .status; update changes labels, annotations, finalizers and owners, and
//   of Jobs, Pods and Leases what Kubernetes lets change of .spec;
// - the .spec of a custom resource is its user's: callers of update leave it as they read it. kube/ never
//   sends it; local/ takes a changed one, being kubectl to its users too (metadata.generation counts it);
// - create of an existing name fails with AlreadyExists; writes may be sent twice: with a resource_version
//   the second send is a Conflict and changes nothing, without one it writes the same again;
// - create in a namespace that is being deleted fails with Gone: nothing can be made there any more;
// - remove sets deletion_timestamp while finalizers remain; the object goes with the last finalizer;
// - children whose controller owner (by uid) is gone are removed;
// - a watch starts after the resourceVersion of a list, delivers every later change in order, and
//   ends with Gone when that version is no longer kept.
// All calls block the calling thread, have a deadline, and may be made from any thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "operator/cluster/kinds.h"

namespace visionops::cluster {

struct ObjectKey {
  Kind kind = Kind::Dataset;
  std::string namespace_;
  std::string name;
  auto operator<=>(const ObjectKey&) const = default;
};

/// "TrainingJob default/street-detector", for logs and messages.
std::string to_string(const ObjectKey& key);

/// The kind is the place of the alternative: both are of one table.
inline Kind kind_of(const Object& object) { return static_cast<Kind>(object.index()); }
/// An object of the kind with nothing in it; of a bookmark it says how far a watch has come.
Object bare_object(Kind kind, std::string resource_version = {});
api::ObjectMeta& meta_of(Object& object);
const api::ObjectMeta& meta_of(const Object& object);
ObjectKey key_of(const Object& object);

/// Kubernetes JSON of any object, and back. decode is total for the custom kinds (see .problems);
/// an unknown kind or an object without a name is Invalid.
Json encode(const Object& object);
Result<Object> decode_object(const Json& json);

struct ListOptions {
  std::string namespace_;                     ///< empty: all namespaces
  std::map<std::string, std::string> labels;  ///< all must be equal
  /// Of list_pages: a resourceVersion that the caller has seen already. A hint: what is older may come all the same,
  /// and tells so by its version.
  std::string at_least{};
};

struct ObjectList {
  std::vector<Object> items;
  std::string resource_version;  ///< of the cluster at the time of the list
};

/// A part of a list. The last page has the resource_version of the whole list; those before have the same, or one that
/// the list is not older than.
struct ListPage {
  std::vector<Object> items;
  std::string resource_version;
  bool first = true;  ///< also when a list had to begin anew: the pages before do not count
};

enum class ChangeType { Added, Modified, Deleted, Bookmark };

struct Change {
  ChangeType type = ChangeType::Added;
  Object object;  ///< for Bookmark only meta.resource_version means something
};

/// Fails with Conflict (or NotFound) when the live object is another one.
struct Preconditions {
  std::optional<std::string> uid;
  std::optional<std::string> resource_version;
};

/// Virtual edge. Implementations keep the promises at the top of this file.
class ClusterApi {
 public:
  virtual ~ClusterApi() = default;
  virtual Result<Object> get(const ObjectKey& key) = 0;
  virtual Result<ObjectList> list(Kind kind, const ListOptions& options) = 0;
  /// list() for whoever need not hold all of it at once: calls `on_page` from the calling thread for each page in
  /// turn, until it returns an error, which is returned then. An empty list is one empty page.
  virtual Status list_pages(Kind kind, const ListOptions& options, const std::function<Status(ListPage)>& on_page) {
    auto all = list(kind, options);
    if (!all) return all.error();
    return on_page({std::move(all->items), std::move(all->resource_version), true});
  }
  /// Blocks and calls `on_change` from the calling thread for each change until `stop` is requested
  /// (returns ok), the stream ends (ok), or an error occurs (Gone: list again).
  virtual Status watch(Kind kind, const ListOptions& options, const std::string& resource_version,
                       const std::function<void(Change)>& on_change, std::stop_token stop) = 0;
  /// meta.name, namespace and the spec are taken; the stored object is returned.
  virtual Result<Object> create(const Object& object) = 0;
  virtual Result<Object> update(const Object& object) = 0;
  virtual Result<Object> update_status(const Object& object) = 0;
  virtual Status remove(const ObjectKey& key, const Preconditions& preconditions) = 0;
  /// Best effort: a lost event is not an error of the caller.
  virtual void emit(const Object& about, const Event& event) = 0;
  /// The newest Warning that anybody has told about this very object (by uid); nothing when none is kept. Costs the
  /// server a look at all events of the namespace: for what no status tells.
  virtual Result<std::optional<Event>> latest_warning(const Object& about) = 0;
};

}  // namespace visionops::cluster
