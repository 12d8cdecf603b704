// Thinning of metrics that come faster than anybody can look at.
#pragma once

#include <cstdint>
#include <vector>

#include "worker/contract/telemetry.h"

namespace visionops::sidecar {

/// A point and where its line starts in the telemetry file.
struct QueuedPoint {
  contract::MetricPoint point;
  std::int64_t offset = 0;
};

/// Of each metric and second at most 10 points stay: where there are more, the second is cut into three parts
/// and the smallest, the largest and the last point of each part stay. The order is kept. Pure.
std::vector<QueuedPoint> downsample(std::vector<QueuedPoint> points);

}  // namespace visionops::sidecar
