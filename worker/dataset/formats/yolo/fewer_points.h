// An outline drawn with fewer points. PURE.
#pragma once

#include <span>
#include <vector>

namespace visionops::annotations {

/// The ring (x, y, x, y, ...) with some of its points: those between two that stay are at most `tolerance` from the
/// line between them. Linear in the points (J. Williams 1978: the cone of directions that pass near all of them).
std::vector<double> fewer_points(std::span<const double> ring, double tolerance);

}  // namespace visionops::annotations
