// Connects the observers of the runtime to the metric families.
#pragma once

#include "operator/runtime/observers.h"
#include "operator/serve/metrics.h"

namespace visionops::serve {

/// The result refers to `metrics`, which must outlive the runtime.
runtime::Observers observe(Metrics& metrics);

}  // namespace visionops::serve
