// The embedded API server: objects in memory with the behaviour of Kubernetes, written through to a
// journal when there is one. The simulator of the tests uses it without journal and processes.
//
// Promises beyond those of cluster/cluster_api.h:
// - an object is kept as its JSON carries it (times in seconds), so a restart changes nothing;
// - a write that changes nothing is no write: the resourceVersion stays, watches stay silent;
// - a Pod that runs on a node and is deleted stays, with deletionTimestamp, until its status says
//   Succeeded or Failed: processes end before their object does;
// - children of a vanished controller owner are removed within the same call.
// All members may be called from any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/json_fwd.h"
#include "base/mutex.h"
#include "base/result.h"
#include "operator/cluster/cluster_api.h"
#include "operator/local/api_server/change_history.h"
#include "operator/local/api_server/event_log.h"
#include "operator/local/api_server/journal.h"

namespace visionops::local {

class ObjectStore;

struct ObjectStoreOptions {
  std::size_t history = 4096;  ///< changes kept for watches
  std::size_t events_per_object = 32;
  std::function<std::string()> new_uid;  ///< default: random UUIDs; the simulator counts
};

/// While one lives on a thread, writes of that thread return when they have reached the kernel; one
/// sync at its end makes them all durable. For writers whose work a power cut undoes anyway (Pods).
class WriteBatch {
 public:
  explicit WriteBatch(ObjectStore& store);
  ~WriteBatch();
  WriteBatch(const WriteBatch&) = delete;
  WriteBatch& operator=(const WriteBatch&) = delete;

 private:
  ObjectStore& store_;
};

/// The answer to ObjectStore::changes_since.
struct ChangeBatch {
  std::vector<cluster::Change> changes;
  std::uint64_t version = 0;  ///< continue from here, also when there are no changes
};

/// NotFound, in words that name the object.
Error missing(const cluster::ObjectKey& key);

class ObjectStore {
 public:
  explicit ObjectStore(const Clock& clock, ObjectStoreOptions options = {});
  ~ObjectStore();
  ObjectStore(const ObjectStore&) = delete;
  ObjectStore& operator=(const ObjectStore&) = delete;

  /// Reads the journal of `folder` and owns it from then on. Conflict when another process does.
  static Result<std::unique_ptr<ObjectStore>> open(const std::filesystem::path& folder, const Clock& clock,
                                                   ObjectStoreOptions options = {});
  /// For a folder that open() refuses as damaged: keeps a copy of its files and puts what can still be read in their
  /// place. Does nothing where open() refuses nothing. Conflict when another process owns it.
  static Result<Losses> repair(const std::filesystem::path& folder, const Clock& clock);
  /// Of a write that a crash cut off, left out by open().
  [[nodiscard]] std::size_t dropped_bytes() const { return journal_ ? journal_->dropped_bytes() : 0; }
  /// A copy of the state in `folder`, also while another process writes it. Later writes to the
  /// store stay in memory.
  static Result<std::unique_ptr<ObjectStore>> open_copy(const std::filesystem::path& folder, const Clock& clock);

  Result<cluster::Object> get(const cluster::ObjectKey& key) const;
  Result<cluster::ObjectList> list(cluster::Kind kind, const cluster::ListOptions& options) const;
  /// All objects of a kind by namespace and name, shared instead of copied.
  std::vector<ObjectPtr> view(cluster::Kind kind) const;

  Result<cluster::Object> create(const cluster::Object& object);
  /// Stores a custom object as a cluster may hold it that is older than its CRD's rules: `manifest`
  /// is a whole Kubernetes object, its problems are kept with it. Used by tests and imports.
  Result<cluster::Object> create_unchecked(const Json& manifest);
  Result<cluster::Object> update(const cluster::Object& object);
  Result<cluster::Object> update_status(const cluster::Object& object);
  Status remove(const cluster::ObjectKey& key, const cluster::Preconditions& preconditions);

  void emit(const cluster::ObjectKey& about, const cluster::Event& event);
  std::vector<StoredEvent> list_events(const cluster::ObjectKey& about) const;

  std::uint64_t version() const;
  /// What happened after `version`; Gone when that is no longer kept.
  Result<ChangeBatch> changes_since(std::uint64_t version, cluster::Kind kind,
                                    const cluster::ListOptions& options) const;
  /// Blocks until version() > `version`, `stop` is requested, or `timeout` is over.
  void wait_for_change(std::uint64_t version, std::stop_token stop, std::optional<Duration> timeout) const;
  /// Forgets the history: every watch from an older position ends with Gone.
  void compact_history();
  /// Called after each write, from the writing thread and without a lock. Set before the first write.
  void set_listener(std::function<void()> listener);

 private:
  friend class WriteBatch;
  struct Entry {
    ObjectPtr object;
    std::string raw_spec;  ///< JSON text of a spec that has problems, else empty
  };

  template <class Body>
  auto write(Body&& body) -> decltype(body());
  Status load_record(const Json& record);
  void finish_loading();
  static Json put_record(const Entry& entry);

  Result<Entry*> find_for_write(const cluster::Object& incoming) VISIONOPS_REQUIRES(mutex_);
  Result<cluster::Object> store_change(const Entry& entry, cluster::Object next, std::string raw_spec)
      VISIONOPS_REQUIRES(mutex_);
  Result<ObjectPtr> put(const cluster::ObjectKey& key, cluster::Object next, std::string raw_spec)
      VISIONOPS_REQUIRES(mutex_);
  Status erase(const cluster::ObjectKey& key, cluster::Object last) VISIONOPS_REQUIRES(mutex_);
  Status begin_removal(const cluster::ObjectKey& key) VISIONOPS_REQUIRES(mutex_);
  Status remove_children(const std::string& owner_uid) VISIONOPS_REQUIRES(mutex_);
  Status remove_if_orphan(const cluster::ObjectKey& key) VISIONOPS_REQUIRES(mutex_);
  void index(const cluster::ObjectKey& key, const api::ObjectMeta& meta) VISIONOPS_REQUIRES(mutex_);
  void unindex(const cluster::ObjectKey& key, const api::ObjectMeta& meta) VISIONOPS_REQUIRES(mutex_);
  Status journal(const Json& record) VISIONOPS_REQUIRES(mutex_);
  void compact_journal() VISIONOPS_REQUIRES(mutex_);
  std::vector<Json> all_records() const VISIONOPS_REQUIRES(mutex_);

  const Clock& clock_;
  ObjectStoreOptions options_;
  mutable Mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::function<void()> listener_ VISIONOPS_GUARDED_BY(mutex_);
  std::map<cluster::ObjectKey, Entry> entries_ VISIONOPS_GUARDED_BY(mutex_);
  std::unordered_map<std::string, cluster::ObjectKey> by_uid_ VISIONOPS_GUARDED_BY(mutex_);
  /// By uid of the controller owner.
  std::unordered_map<std::string, std::set<cluster::ObjectKey>> children_ VISIONOPS_GUARDED_BY(mutex_);
  std::uint64_t version_ VISIONOPS_GUARDED_BY(mutex_) = 0;
  ChangeHistory history_ VISIONOPS_GUARDED_BY(mutex_);
  EventLog events_ VISIONOPS_GUARDED_BY(mutex_);
  /// Set before anybody else knows the store; written with mutex_ held, synced beside it.
  std::unique_ptr<Journal> journal_;
};

/// The reference with controller: true; nullptr when there is none.
const api::OwnerReference* controller_of(const api::ObjectMeta& meta);

}  // namespace visionops::local
