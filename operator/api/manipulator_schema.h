// The schema of a chain of manipulators: one property per manipulator of the catalog.
#pragma once

#include "base/json_fwd.h"
#include "worker/contract/manipulator_call.h"

namespace visionops::api {

/// OpenAPI v3 list of mappings with a single key, narrowed to the manipulators of `scope`.
Json manipulator_list_schema(contract::ManipulatorScope scope);
/// "Rotates by 180 degrees. For Detection. Experimental since 1.0.0." as users read it.
std::string manipulator_description(const contract::ManipulatorInfo& info);

}  // namespace visionops::api
