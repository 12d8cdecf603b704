#include "operator/runtime/pass/intent.h"

#include <utility>

#include "base/json.h"
#include "operator/core/reconcile.h"

namespace visionops::runtime {
namespace {

template <class StatusType>
Intent intent_of(core::DecisionOf<StatusType> decision) {
  Intent intent;
  intent.status = std::move(decision.status);
  static_cast<core::Outcome&>(intent) = std::move(decision);
  return intent;
}

Json status_json(const cluster::Object& object) {
  const Json json = cluster::encode(object);
  const auto status = json.find("status");
  return status == json.end() ? Json::object() : *status;
}

}  // namespace

Intent decide(const cluster::Object& resource, const Surroundings& from, TimePoint now) {
  return std::visit(
      [&]<class T>(const T& typed) -> Intent {
        if constexpr (api::Resource<T>) return intent_of(core::reconcile(gather(typed, from, now)));
        return {};
      },
      resource);
}

cluster::Object with_status(const cluster::Object& resource, const StatusValue& status) {
  cluster::Object changed = resource;
  std::visit(
      [&]<class T>(T& typed) {
        if constexpr (api::Resource<T>) typed.status = std::get<decltype(typed.status)>(status);
      },
      changed);
  return changed;
}

bool same_status(const cluster::Object& a, const cluster::Object& b) { return status_json(a) == status_json(b); }

}  // namespace visionops::runtime
