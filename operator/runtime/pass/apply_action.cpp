#include "operator/runtime/pass/apply_action.h"

#include <algorithm>

#include "operator/core/reconcile.h"

namespace visionops::runtime {
namespace {

using cluster::ClusterApi;
using cluster::Kind;
using cluster::Object;
using cluster::ObjectKey;

std::string label(const api::ObjectMeta& meta, std::string_view name) {
  const auto found = meta.labels.find(std::string(name));
  return found == meta.labels.end() ? std::string{} : found->second;
}

/// Why a create failed. NotFound means that its surroundings (the namespace) are missing, not the
/// resource that is being reconciled.
Error creation_error(const Error& error, const ObjectKey& key) {
  const Error told = error.in("creating " + to_string(key));
  return error.cls == ErrorClass::NotFound ? retry_error(told.message) : told;
}

/// create() that found the name taken: the holder is ours (a repeated create), or in the way.
Result<Applied> adopt(const Object& holder, bool ours, const ObjectKey& key) {
  const auto& meta = cluster::meta_of(holder);
  if (meta.deletion_timestamp) return retry_error(to_string(key) + " is still being deleted");
  if (ours) return Applied{holder, {}, {}};
  return invalid_error(to_string(key) + " exists already and was not made for this run");
}

/// A child of the resource; one of the same name and owner is as good.
Result<Applied> create_child(ClusterApi& api, const Object& wanted) {
  const ObjectKey key = cluster::key_of(wanted);
  auto created = api.create(wanted);
  if (created) return Applied{std::move(created).value(), {}, {}};
  if (created.error().cls != ErrorClass::AlreadyExists) return creation_error(created.error(), key);
  const auto holder = api.get(key);
  if (!holder) return retry_error("reading " + to_string(key) + ": " + holder.error().message);
  const auto wanted_uid = label(cluster::meta_of(wanted), core::kOwnerUidLabel);
  const auto holder_uid = label(cluster::meta_of(*holder), core::kOwnerUidLabel);
  if (!holder_uid.empty() && holder_uid != wanted_uid) {
    return retry_error(to_string(key) + " belongs to a predecessor (uid " + holder_uid + ") that is not gone yet");
  }
  return adopt(*holder, !holder_uid.empty(), key);
}

/// Services are not watched: nobody waits to see the new one.
Result<Applied> create_service(ClusterApi& api, const cluster::Service& service) {
  auto applied = create_child(api, service);
  return applied ? Result<Applied>(Applied{}) : applied;
}

Result<Applied> create_dataset(ClusterApi& api, const api::Dataset& dataset) {
  const Object wanted = dataset;
  const ObjectKey key = cluster::key_of(wanted);
  auto created = api.create(wanted);
  if (created) return Applied{std::move(created).value(), {}, {}};
  if (created.error().cls != ErrorClass::AlreadyExists) return creation_error(created.error(), key);
  const auto holder = api.get(key);
  if (!holder) return retry_error("reading " + to_string(key) + ": " + holder.error().message);
  const std::string lineage(core::kLineageAnnotation);
  const auto& found = cluster::meta_of(*holder).annotations;
  const auto mine = dataset.meta.annotations.find(lineage);
  const auto theirs = found.find(lineage);
  const bool ours = mine != dataset.meta.annotations.end() && theirs != found.end() && mine->second == theirs->second;
  return adopt(*holder, ours, key);
}

/// A conflict usually means that the name belongs to another object by now, but not always.
bool is_live(ClusterApi& api, const ObjectKey& key, const std::string& uid) {
  const auto holder = api.get(key);
  if (!holder) return holder.error().cls != ErrorClass::NotFound;
  return cluster::meta_of(*holder).uid == uid;
}

Result<Applied> delete_job(ClusterApi& api, const core::DeleteJob& action, const Object& resource) {
  const ObjectKey key{Kind::Job, cluster::meta_of(resource).namespace_, action.name};
  const Status removed = api.remove(key, {.uid = action.uid, .resource_version = std::nullopt});
  if (removed) return Applied{std::nullopt, key, action.uid};
  if (removed.error().cls == ErrorClass::NotFound) return Applied{};
  if (removed.error().cls == ErrorClass::Conflict && !is_live(api, key, action.uid)) return Applied{};
  return removed.error().in("deleting " + to_string(key));
}

Result<Applied> store_finalizers(ClusterApi& api, std::vector<std::string> finalizers, Object& resource) {
  Object changed = resource;
  cluster::meta_of(changed).finalizers = std::move(finalizers);
  auto stored = api.update(changed);
  if (!stored) return stored.error().in("updating the finalizers of " + to_string(cluster::key_of(resource)));
  resource = std::move(stored).value();
  return Applied{resource, {}, {}};
}

bool has_problems(const Object& resource) {
  const auto* dataset = std::get_if<api::Dataset>(&resource);
  return dataset != nullptr && !dataset->problems.empty();
}

Result<Applied> add_finalizer(ClusterApi& api, const std::string& finalizer, Object& resource) {
  auto finalizers = cluster::meta_of(resource).finalizers;
  if (std::ranges::find(finalizers, finalizer) != finalizers.end()) return Applied{};
  // update() carries the spec; a malformed one was read with losses and must not be written back.
  if (has_problems(resource)) return invalid_error("a malformed resource gets no finalizer");
  finalizers.push_back(finalizer);
  return store_finalizers(api, std::move(finalizers), resource);
}

Result<Applied> remove_finalizer(ClusterApi& api, const std::string& finalizer, Object& resource) {
  auto finalizers = cluster::meta_of(resource).finalizers;
  if (std::erase(finalizers, finalizer) == 0) return Applied{};
  auto applied = store_finalizers(api, std::move(finalizers), resource);
  if (!applied && applied.error().cls == ErrorClass::NotFound) return Applied{};
  return applied;
}

struct Applier {
  ClusterApi& api;
  Object& resource;
  Result<Applied> operator()(const core::CreateService& a) const { return create_service(api, a.service); }
  Result<Applied> operator()(const core::CreateJob& a) const { return create_child(api, a.job); }
  Result<Applied> operator()(const core::DeleteJob& a) const { return delete_job(api, a, resource); }
  Result<Applied> operator()(const core::CreateDataset& a) const { return create_dataset(api, a.dataset); }
  Result<Applied> operator()(const core::AddFinalizer& a) const { return add_finalizer(api, a.finalizer, resource); }
  Result<Applied> operator()(const core::RemoveFinalizer& a) const {
    return remove_finalizer(api, a.finalizer, resource);
  }
};

}  // namespace

Result<Applied> apply_action(ClusterApi& api, const core::Action& action, Object& resource) {
  return std::visit(Applier{api, resource}, action);
}

bool needs_live_resource(const core::Action& action) {
  return !std::holds_alternative<core::AddFinalizer>(action) && !std::holds_alternative<core::RemoveFinalizer>(action);
}

bool creates(const core::Action& action) {
  return needs_live_resource(action) && !std::holds_alternative<core::DeleteJob>(action);
}

std::string_view failure_reason(const core::Action& action) {
  if (std::holds_alternative<core::DeleteJob>(action)) return "FailedDelete";
  return needs_live_resource(action) ? "FailedCreate" : "FailedUpdate";
}

}  // namespace visionops::runtime
