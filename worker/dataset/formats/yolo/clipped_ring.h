// A polygon cut along the edges of the image. PURE.
#pragma once

#include <span>
#include <vector>

namespace visionops::annotations {

/// What of `ring` (x, y, x, y, ...) lies in 0..width x 0..height, by Sutherland and Hodgman: the polygon is cut, its
/// points are not moved, so that the area inside stays as it is. Parts that the frame separates stay joined along it.
/// Empty when nothing is left.
std::vector<double> clip_ring(std::span<const double> ring, double width, double height);

/// Twice the area by the shoelace formula; positive when the ring turns clockwise on the screen.
double doubled_area(std::span<const double> ring);

}  // namespace visionops::annotations
