// Small facts about a reconciled resource that the runtime needs without knowing its kind.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "operator/cluster/cluster_api.h"
#include "operator/core/record.h"

namespace visionops::runtime {

/// status.phase as users see it; empty for kinds that are not reconciled.
std::string_view phase_of(const cluster::Object& object);
/// status.message; empty for kinds that are not reconciled. Refers to `object`.
std::string_view message_of(const cluster::Object& object);
/// status.run; 0 for kinds whose runs do not end (api::EndingResource).
std::int64_t run_of(const cluster::Object& object);
/// What Succeeded or Failed. A Dataset never ends.
bool is_finished(const cluster::Object& object);
/// Its status was written at least once.
bool was_observed(const cluster::Object& object);
/// The history row of a resource; nothing for kinds without a history.
std::optional<core::Record> record_of(const cluster::Object& object);
/// The last row of a resource that is gone: a Dataset is marked deleted, a run that had not ended Failed.
std::optional<core::Record> last_record_of(const cluster::Object& object);

}  // namespace visionops::runtime
