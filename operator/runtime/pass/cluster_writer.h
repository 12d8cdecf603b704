// Every write of the operator goes through here, so that none is forgotten: it is counted, and the
// resource it was made for waits until the cache shows it.
#pragma once

#include "operator/core/decision.h"
#include "operator/runtime/cache/own_writes.h"
#include "operator/runtime/watch/change_intake.h"

namespace visionops::runtime {

/// Any thread; one resource is written by one thread at a time (the queue sees to that).
class ClusterWriter {
 public:
  /// `patience`: how long a resource waits for its own writes before they are read directly.
  ClusterWriter(cluster::ClusterApi& api, const Clock& clock, Locked<ObjectCache>& cache, ChangeIntake& intake,
                const Outlets& outlets, Duration patience);

  /// True when the cache reflects all that was written for `owner`. After the patience has run out, the
  /// missing objects are read directly and put into the cache.
  Result<bool> settled(const cluster::ObjectKey& owner);
  /// `owner` is gone.
  void forget(const cluster::ObjectKey& owner);

  /// Conflict when the API server holds another version of `resource` than the decision was made on.
  Status confirm_live(const cluster::Object& resource);
  /// Conflict when the Jobs that `actions` delete, or any Pod of `resource`, are not live as the cache shows
  /// them; the cache has learned of it then.
  Status confirm_children(const std::vector<core::Action>& actions, const cluster::Object& resource);
  /// See apply_action(). `resource` follows what is stored.
  Status apply(const core::Action& action, cluster::Object& resource);
  Status write_status(cluster::Object& resource);
  void emit(const cluster::Object& about, const cluster::Event& event) { api_.emit(about, event); }

 private:
  Status read_directly(const OwnWrite& write);
  /// Whether the API server shows the object as the cache does; the cache follows it otherwise.
  Result<bool> is_known(const cluster::ObjectKey& key);
  bool learn(const cluster::Object& live);

  cluster::ClusterApi& api_;
  const Clock& clock_;
  Locked<ObjectCache>& cache_;
  ChangeIntake& intake_;
  const Outlets& outlets_;
  const Duration patience_;
  Locked<OwnWrites> own_writes_;
};

}  // namespace visionops::runtime
