#include "operator/present/settlement.h"

#include <algorithm>

namespace visionops::commands {

namespace {

using api::find_condition;
using api::is_true;

const api::Condition* first_true(const std::vector<api::Condition>& conditions,
                                 std::initializer_list<std::string_view> types) {
  for (const auto type : types) {
    if (is_true(conditions, type)) return find_condition(conditions, type);
  }
  return nullptr;
}

/// What Ready says of a run whose Pods find no place (docs/conditions.md).
constexpr std::string_view kUnschedulable = "Unschedulable";

/// Shared by the kinds: a stale status says nothing, Stalled and Failed are final, then Suspended.
template <class T>
Settlement settle(const T& object, bool succeeded, bool failed) {
  const auto& s = object.status;
  if (s.observed_generation != object.meta.generation) return {Rest::Moving, "not observed yet"};
  if (const auto* c = first_true(s.conditions, {api::condition::kStalled, api::condition::kFailed}))
    return {Rest::Failed, c->message};
  if (failed) return {Rest::Failed, s.message};
  if (succeeded) return {Rest::Done, s.message};
  if (const auto* c = first_true(s.conditions, {api::condition::kSuspended})) return {Rest::Done, c->message};
  const auto* inputs = find_condition(s.conditions, api::condition::kInputsReady);
  if (inputs && inputs->status == api::ConditionStatus::False) return {Rest::Waiting, inputs->message};
  const auto* ready = find_condition(s.conditions, api::condition::kReady);
  if (ready && ready->reason == kUnschedulable) return {Rest::Waiting, ready->message};
  return {Rest::Moving, s.message};
}

Settlement settle(const api::Dataset& d) {
  return settle(d, is_true(d.status.conditions, api::condition::kReady), d.status.phase == api::Phase::Failed);
}
template <class T>
Settlement settle(const T& object) {
  if constexpr (api::EndingResource<T>) {
    using Phase = std::remove_cvref_t<decltype(object.status.phase)>;
    return settle(object, object.status.phase == Phase::Succeeded, object.status.phase == Phase::Failed);
  } else if constexpr (api::Resource<T>) {
    return settle(object, is_true(object.status.conditions, api::condition::kReady), false);
  }
  return {Rest::Done, ""};
}

}  // namespace

Settlement settlement_of(const cluster::Object& object) {
  return std::visit([](const auto& o) { return settle(o); }, object);
}

std::string phase_word(std::string_view phase, Rest rest) {
  return std::string(rest == Rest::Waiting && phase == enum_name(api::Phase::Starting) ? "Waiting" : phase);
}

bool all_at_rest(const std::vector<Settlement>& settlements) {
  return std::none_of(settlements.begin(), settlements.end(),
                      [](const Settlement& s) { return s.rest == Rest::Moving; });
}

}  // namespace visionops::commands
