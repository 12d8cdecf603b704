#include "tests/sim/faulty_cluster_api.h"

#include "operator/runtime/cache/kinds.h"
#include "operator/runtime/cache/resource_version.h"

namespace visionops::sim {
namespace {

using cluster::Kind;
using cluster::Object;

Object position_of(Kind kind, std::uint64_t version) {
  Object object;
  switch (kind) {
    case Kind::Dataset:
      object = api::Dataset{};
      break;
    case Kind::Pipeline:
      object = api::Pipeline{};
      break;
    case Kind::TrainingJob:
      object = api::TrainingJob{};
      break;
    case Kind::Job:
      object = cluster::Job{};
      break;
    case Kind::Pod:
      object = cluster::Pod{};
      break;
    case Kind::Lease:
      object = cluster::Lease{};
      break;
    case Kind::Workload:
      object = cluster::Workload{};
      break;
    case Kind::Service:
      object = cluster::Service{};
      break;
  }
  cluster::meta_of(object).resource_version = std::to_string(version);
  return object;
}

}  // namespace

void FaultyClusterApi::freeze() {
  for (const auto kind : runtime::kWatchedKinds) frozen_[kind] = *store_.list(kind, {});
}

void FaultyClusterApi::alive() const {
  if (crashed_) throw OperatorCrash{};
}

bool FaultyClusterApi::strikes(double probability) {
  const bool struck = random_.chance(probability);
  activity_ += struck ? 1 : 0;
  return struck;
}

void FaultyClusterApi::crash() {
  crashed_ = true;
  throw OperatorCrash{};
}

template <class ResultType, class Write>
ResultType FaultyClusterApi::faulty_write(const char* verb, const cluster::ObjectKey& key, Write&& write) {
  alive();
  ++writes_;
  ++writes_by_object_[std::string(verb) + " " + to_string(key)];
  const bool planned = crash_plan && crash_plan->write == writes_;
  if ((planned && !crash_plan->applied) || random_.chance(faults.crash_before)) crash();
  if (random_.chance(faults.conflict)) return conflict_error("injected: conflict");
  if (random_.chance(faults.refused)) return retry_error("injected: the request did not arrive");
  auto result = write();
  if (planned || random_.chance(faults.crash_after)) crash();
  if (random_.chance(faults.lost_reply)) return retry_error("injected: the reply was lost");
  return result;
}

Result<Object> FaultyClusterApi::get(const cluster::ObjectKey& key) {
  alive();
  if (strikes(faults.failed_read)) return retry_error("injected: get failed");
  return store_.get(key);
}

Result<cluster::ObjectList> FaultyClusterApi::list(Kind kind, const cluster::ListOptions& options) {
  alive();
  if (strikes(faults.failed_read)) return retry_error("injected: list failed");
  if (frozen()) return frozen_.at(kind);
  return store_.list(kind, options);
}

Status FaultyClusterApi::watch(Kind kind, const cluster::ListOptions& options, const std::string& resource_version,
                               const std::function<void(cluster::Change)>& on_change, std::stop_token) {
  alive();
  if (frozen()) return {};
  if (strikes(faults.gone)) return Error{ErrorClass::Gone, "injected: too old resource version"};
  if (strikes(faults.failed_watch)) return retry_error("injected: the stream broke");
  const auto from = runtime::version_number(resource_version);
  auto batch = store_.changes_since(from, kind, options);
  if (!batch) return batch.error();
  std::size_t deliver = batch->changes.size();
  if (deliver > 0 && strikes(faults.cut_short)) deliver = random_.below(deliver);
  for (std::size_t i = 0; i < deliver; ++i) {
    on_change(batch->changes[i]);
    ++activity_;
    if (random_.chance(faults.duplicate)) on_change(batch->changes[i]);
  }
  const bool all = deliver == batch->changes.size();
  if (all && batch->version > from) on_change({cluster::ChangeType::Bookmark, position_of(kind, batch->version)});
  return {};
}

Result<Object> FaultyClusterApi::create(const Object& object) {
  return faulty_write<Result<Object>>("create", cluster::key_of(object), [&] { return store_.create(object); });
}
Result<Object> FaultyClusterApi::update(const Object& object) {
  return faulty_write<Result<Object>>("update", cluster::key_of(object), [&] { return store_.update(object); });
}
Result<Object> FaultyClusterApi::update_status(const Object& object) {
  return faulty_write<Result<Object>>("update_status", cluster::key_of(object),
                                      [&] { return store_.update_status(object); });
}
Status FaultyClusterApi::remove(const cluster::ObjectKey& key, const cluster::Preconditions& preconditions) {
  return faulty_write<Status>("remove", key, [&] { return store_.remove(key, preconditions); });
}
void FaultyClusterApi::emit(const Object& about, const cluster::Event& event) {
  alive();
  store_.emit(cluster::key_of(about), event);
}

}  // namespace visionops::sim
