// Connects the observers of the runtime to the metric families.
#pragma once

#include "operator/health/metrics.h"
#include "operator/runtime/queue/observers.h"

namespace visionops::serve {

/// The result refers to `metrics`, which must outlive the runtime.
runtime::Observers observe(Metrics& metrics);

}  // namespace visionops::serve
