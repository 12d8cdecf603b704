// Several parts of a polygon as the one ring that a row of YOLO has. PURE.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace visionops::annotations {

/// How many pairs of points a polygon may cost for each of its points: the work stays linear in the polygon.
inline constexpr std::uint64_t kMaxPairsPerPoint = 1'000;

struct JoinedRings {
  std::vector<double> ring;  ///< x, y, x, y, ...
  std::uint64_t pairs = 0;   ///< pairs of points that were looked at
};

/// Out over a bridge to the next part, around it, and back over the same bridge. Bridges are the shortest ones; when
/// those would cost more than kMaxPairsPerPoint, all go from the first point of the first part to the first of the
/// others. `parts` is not empty, and no part is.
JoinedRings join_rings(std::span<const std::span<const double>> parts);

}  // namespace visionops::annotations
