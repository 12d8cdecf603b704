// What a runtime file must hold beside the bounds of its fields.
#pragma once

#include "base/fields/problems.h"
#include "operator/runtimes/runtime.h"

namespace visionops::runtimes {

/// Fields that belong to another kind of runtime, unknown {NAME}s, tasks and hyperparameters, models without a metric,
/// patterns that do not match their examples. At most one finding a field.
Problems broken_rules(const Runtime& runtime);

}  // namespace visionops::runtimes
