// Polygons of formats that have no boxes, or no polygons. PURE.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

/// Left, top, right, bottom.
using Corners = std::array<double, 4>;

/// Of the points x0 y0 x1 y1 ...; at least one.
Corners corners_of(std::span<const double> points);
/// The box of the object, or the bounds of its polygons; nullopt when it has neither.
std::optional<Corners> corners_of(const Annotations& a, const Object& object);

/// Gives the object one ring, its bounds as box and its area; `ring` has an even count of at least 6 finite numbers.
void set_ring(Annotations& a, Object& object, std::span<const double> ring);
/// Makes it a rectangle at an angle with these corners, as `turned` has them, and their bounds as box; its area is that
/// of the rectangle.
void set_oriented_box(Annotations& a, Object& object, const std::array<double, 8>& corners);
/// The four corners of the box, turned clockwise by `degrees` around (x, y), as rings have them.
std::array<double, 8> turned(const std::array<double, 4>& box, double degrees, double x, double y);

}  // namespace visionops::annotations
