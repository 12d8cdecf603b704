#include "tests/sim/faulty_cluster_api.h"

#include <gtest/gtest.h>

#include "operator/runtime/cache/kinds.h"
#include "operator/runtime/cache/resource_version.h"

namespace visionops::sim {

using cluster::Kind;
using cluster::Object;

void FaultyClusterApi::freeze() {
  for (const auto kind : runtime::kWatchedKinds) frozen_[kind] = *store_.list(kind, {});
}

void FaultyClusterApi::alive() const {
  if (crashed_) throw OperatorCrash{};
}

/// The chart grants what the rows of the kinds say: a call beside them would be refused there.
void FaultyClusterApi::ask(Kind kind, cluster::Verbs verb) const {
  alive();
  if ((cluster::row_of(kind).verbs & verb) == 0) {
    ADD_FAILURE() << "the row of " << cluster::kind_name(kind) << " lacks a verb that the operator uses: " << verb;
  }
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
  ask(key.kind, cluster::kGet);
  if (strikes(faults.failed_read)) return retry_error("injected: get failed");
  return store_.get(key);
}

Result<cluster::ObjectList> FaultyClusterApi::list(Kind kind, const cluster::ListOptions& options) {
  ask(kind, cluster::kList);
  if (strikes(faults.failed_read)) return retry_error("injected: list failed");
  if (frozen()) return frozen_.at(kind);
  return store_.list(kind, options);
}

Status FaultyClusterApi::watch(Kind kind, const cluster::ListOptions& options, const std::string& resource_version,
                               const std::function<void(cluster::Change)>& on_change, std::stop_token) {
  ask(kind, cluster::kWatch);
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
  if (all && batch->version > from)
    on_change({cluster::ChangeType::Bookmark, cluster::bare_object(kind, std::to_string(batch->version))});
  return {};
}

Result<Object> FaultyClusterApi::create(const Object& object) {
  ask(cluster::kind_of(object), cluster::kCreate);
  return faulty_write<Result<Object>>("create", cluster::key_of(object), [&] { return store_.create(object); });
}
Result<Object> FaultyClusterApi::update(const Object& object) {
  ask(cluster::kind_of(object), cluster::kPatch);
  return faulty_write<Result<Object>>("update", cluster::key_of(object), [&] { return store_.update(object); });
}
Result<Object> FaultyClusterApi::update_status(const Object& object) {
  return faulty_write<Result<Object>>("update_status", cluster::key_of(object),
                                      [&] { return store_.update_status(object); });
}
Status FaultyClusterApi::remove(const cluster::ObjectKey& key, const cluster::Preconditions& preconditions) {
  ask(key.kind, cluster::kDelete);
  return faulty_write<Status>("remove", key, [&] { return store_.remove(key, preconditions); });
}
void FaultyClusterApi::emit(const Object& about, const cluster::Event& event) {
  alive();
  store_.emit(cluster::key_of(about), event);
}

}  // namespace visionops::sim
