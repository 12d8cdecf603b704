// A decision without its kind: what the controller carries out is the same for all.
#pragma once

#include <tuple>
#include <utility>
#include <variant>

#include "operator/core/decision.h"
#include "operator/runtime/pass/gather.h"

namespace visionops::runtime {

template <class T>
std::tuple<decltype(T::status)> status_in(const cluster::Ours<T>& row);
std::tuple<> status_in(const cluster::KindRow& row);
template <class... Statuses>
std::variant<Statuses...> variant_of(const std::tuple<Statuses...>& statuses);
template <class... Rows>
auto status_of_any(const std::tuple<Rows...>& table)
    -> decltype(variant_of(std::tuple_cat(status_in(std::declval<const Rows&>())...)));

/// The status of any kind of ours.
using StatusValue = decltype(status_of_any(cluster::kTable));
using Intent = core::DecisionOf<StatusValue>;

/// Gathers and decides. Precondition: `resource` is of a reconciled kind.
Intent decide(const cluster::Object& resource, const Surroundings& from, TimePoint now);
/// A copy of `resource` with this status. Precondition: `status` is of the same kind.
cluster::Object with_status(const cluster::Object& resource, const StatusValue& status);
/// Equal as written: compares what would be sent, so that a rounding in a struct is no difference.
bool same_status(const cluster::Object& a, const cluster::Object& b);

}  // namespace visionops::runtime
