#include "worker/dataset/model/polygon.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace visionops::annotations {

namespace {

/// Of two boxes the smallest around both.
Corners around(const Corners& a, const Corners& b) {
  return {std::min(a[0], b[0]), std::min(a[1], b[1]), std::max(a[2], b[2]), std::max(a[3], b[3])};
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr Corners kNothing{kInfinity, kInfinity, -kInfinity, -kInfinity};

/// Half the signed sum of the shoelace formula.
double ring_area(std::span<const double> ring) {
  double sum = 0;
  for (std::size_t i = 0; i < ring.size(); i += 2) {
    const std::size_t next = i + 2 == ring.size() ? 0 : i + 2;
    sum += ring[i] * ring[next + 1] - ring[next] * ring[i + 1];
  }
  return std::abs(sum) / 2;
}

}  // namespace

Corners corners_of(std::span<const double> points) {
  Corners corners = kNothing;
  for (std::size_t i = 0; i + 1 < points.size(); i += 2) {
    corners = around(corners, {points[i], points[i + 1], points[i], points[i + 1]});
  }
  return corners;
}

std::optional<Corners> corners_of(const Annotations& a, const Object& object) {
  const auto [x, y, width, height] = object.box;
  if (object.has_box) return Corners{x, y, x + width, y + height};
  if (object.shape_kind != Shape::Polygons || object.shape.size == 0) return std::nullopt;
  Corners corners = kNothing;
  for (const auto ring : a.ring_span(object.shape)) corners = around(corners, corners_of(a.number_span(ring)));
  return corners;
}

void set_ring(Annotations& a, Object& object, std::span<const double> ring) {
  const Slice slice = a.add_numbers(ring);
  object.shape = a.add_rings(std::span(&slice, 1));
  object.shape_kind = Shape::Polygons;
  const auto corners = corners_of(ring);
  object.box = {corners[0], corners[1], corners[2] - corners[0], corners[3] - corners[1]};
  object.area = ring_area(ring);
  object.has_box = object.has_area = object.has_crowd = true;
}

void set_oriented_box(Annotations& a, Object& object, const std::array<double, 8>& corners) {
  object.shape = a.add_numbers(corners);
  object.shape_kind = Shape::OrientedBox;
  const auto bounds = corners_of(std::span<const double>(corners));
  object.box = {bounds[0], bounds[1], bounds[2] - bounds[0], bounds[3] - bounds[1]};
  object.area = ring_area(corners);
  object.has_box = object.has_area = object.has_crowd = true;
}

std::array<double, 8> turned(const std::array<double, 4>& box, double degrees, double x, double y) {
  const auto [left, top, width, height] = box;
  std::array<double, 8> ring{left, top, left + width, top, left + width, top + height, left, top + height};
  const double sine = std::sin(degrees * std::numbers::pi / 180);
  const double cosine = std::cos(degrees * std::numbers::pi / 180);
  for (std::size_t i = 0; i < ring.size(); i += 2) {
    const double dx = ring[i] - x;
    const double dy = ring[i + 1] - y;
    ring[i] = x + dx * cosine - dy * sine;
    ring[i + 1] = y + dx * sine + dy * cosine;
  }
  return ring;
}

}  // namespace visionops::annotations
