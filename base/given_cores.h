// How a Pod is told what it asked for: nobody else tells the process of a node without cgroups.
#pragma once

namespace visionops {

/// Cores as a Kubernetes quantity ("2", "500m"); not set: nobody asked for a number.
inline constexpr const char* kGivenCoresEnv = "VISIONOPS_CPU";

}  // namespace visionops
