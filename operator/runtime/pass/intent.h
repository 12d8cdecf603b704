// A decision without its kind: what the controller carries out is the same for all three.
#pragma once

#include <variant>

#include "operator/core/decision.h"
#include "operator/runtime/pass/gather.h"

namespace visionops::runtime {

using StatusValue = std::variant<api::DatasetStatus, api::PipelineStatus, api::TrainingJobStatus>;
using Intent = core::DecisionOf<StatusValue>;

/// Gathers and decides. Precondition: `resource` is of a reconciled kind.
Intent decide(const cluster::Object& resource, const Surroundings& from, TimePoint now);
/// A copy of `resource` with this status. Precondition: `status` is of the same kind.
cluster::Object with_status(const cluster::Object& resource, const StatusValue& status);
/// Equal as written: compares what would be sent, so that a rounding in a struct is no difference.
bool same_status(const cluster::Object& a, const cluster::Object& b);

}  // namespace visionops::runtime
