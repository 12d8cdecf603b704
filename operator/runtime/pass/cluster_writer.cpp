#include "operator/runtime/pass/cluster_writer.h"

#include <algorithm>
#include <utility>

#include "operator/core/reconcile.h"
#include "operator/runtime/cache/kinds.h"
#include "operator/runtime/pass/apply_action.h"

namespace visionops::runtime {
namespace {

using cluster::Object;
using cluster::ObjectKey;

std::pair<std::string_view, std::string_view> verb_and_kind(const core::Action& action, const Object& resource) {
  if (std::holds_alternative<core::CreateService>(action)) return {"create", kind_name(cluster::Kind::Service)};
  if (std::holds_alternative<core::CreateJob>(action)) return {"create", kind_name(cluster::Kind::Job)};
  if (std::holds_alternative<core::DeleteJob>(action)) return {"delete", kind_name(cluster::Kind::Job)};
  if (std::holds_alternative<core::CreateDataset>(action)) return {"create", kind_name(cluster::Kind::Dataset)};
  return {"update", kind_name(cluster::kind_of(resource))};
}

}  // namespace

ClusterWriter::ClusterWriter(cluster::ClusterApi& api, const Clock& clock, Locked<ObjectCache>& cache,
                             ChangeIntake& intake, const Outlets& outlets, Duration patience)
    : api_(api), clock_(clock), cache_(cache), intake_(intake), outlets_(outlets), patience_(patience) {}

Result<bool> ClusterWriter::settled(const ObjectKey& owner) {
  const auto open = own_writes_.with([&](OwnWrites& writes) {
    return cache_.with([&](const ObjectCache& cache) { return writes.unseen(owner, cache); });
  });
  const auto now = clock_.now();
  for (const auto& write : open) {
    if (now - write.at < patience_) return false;
  }
  for (const auto& write : open) {
    if (const auto read = read_directly(write); !read) return read.error();
  }
  if (!open.empty()) forget(owner);
  return true;
}

Status ClusterWriter::read_directly(const OwnWrite& write) {
  const auto live = api_.get(write.object);
  if (live) {
    intake_.read(write.object, &*live);
  } else if (live.error().cls == ErrorClass::NotFound) {
    intake_.read(write.object, nullptr);
  } else {
    return live.error().in("reading " + to_string(write.object));
  }
  return {};
}

void ClusterWriter::forget(const ObjectKey& owner) {
  own_writes_.with([&](OwnWrites& writes) { writes.forget(owner); });
}

Status ClusterWriter::confirm_live(const Object& resource) {
  const auto key = cluster::key_of(resource);
  const auto live = api_.get(key);
  if (!live) return live.error().in("confirming " + to_string(key));
  if (cluster::meta_of(*live).resource_version == cluster::meta_of(resource).resource_version) return {};
  return conflict_error(to_string(key) + " has changed since it was read");
}

bool ClusterWriter::learn(const Object& live) {
  const auto key = cluster::key_of(live);
  const ObjectPtr known = cache_.with([&](const ObjectCache& cache) { return cache.find(key); });
  if (known && cluster::meta_of(*known).resource_version == cluster::meta_of(live).resource_version) return false;
  intake_.read(key, &live);
  return true;
}

Result<bool> ClusterWriter::is_known(const ObjectKey& key) {
  const auto live = api_.get(key);
  if (live) return !learn(*live);
  if (live.error().cls != ErrorClass::NotFound) return live.error().in("confirming " + to_string(key));
  intake_.read(key, nullptr);
  return false;
}

Status ClusterWriter::confirm_children(const std::vector<core::Action>& actions, const Object& resource) {
  const auto& owner = cluster::meta_of(resource);
  bool known = true;
  for (const auto& action : actions) {
    const auto* removal = std::get_if<core::DeleteJob>(&action);
    if (removal == nullptr) continue;
    const auto same = is_known({cluster::Kind::Job, owner.namespace_, removal->name});
    if (!same) return same.error();
    known = known && *same;
  }
  // A worker that has ended tells so in its Pod, and only some time later in its Job.
  const auto pods = api_.list(cluster::Kind::Pod, {owner.namespace_, {{std::string(core::kOwnerUidLabel), owner.uid}}});
  if (!pods) return pods.error().in("confirming the Pods of " + to_string(cluster::key_of(resource)));
  for (const auto& pod : pods->items) known = !learn(pod) && known;
  return known ? Status{} : conflict_error("children of " + to_string(cluster::key_of(resource)) + " have changed");
}

Status ClusterWriter::apply(const core::Action& action, Object& resource) {
  const auto [verb, kind] = verb_and_kind(action, resource);
  notify(outlets_.observers.wrote, verb, kind);
  const auto applied = apply_action(api_, action, resource);
  if (!applied) return applied.error();
  const auto owner = cluster::key_of(resource);
  own_writes_.with([&](OwnWrites& writes) {
    if (applied->stored) writes.stored(owner, *applied->stored, clock_.now());
    if (!applied->removed_uid.empty()) writes.removed(owner, applied->removed, applied->removed_uid, clock_.now());
  });
  return {};
}

Status ClusterWriter::write_status(Object& resource) {
  const auto key = cluster::key_of(resource);
  notify(outlets_.observers.wrote, "update_status", kind_name(key.kind));
  auto stored = api_.update_status(resource);
  if (!stored) return stored.error().in("writing the status of " + to_string(key));
  resource = std::move(stored).value();
  own_writes_.with([&](OwnWrites& writes) { writes.stored(key, resource, clock_.now()); });
  return {};
}

}  // namespace visionops::runtime
