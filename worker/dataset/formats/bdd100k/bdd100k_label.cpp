#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "worker/dataset/formats/bdd100k/bdd100k.h"
#include "worker/dataset/model/polygon.h"
#include "worker/dataset/text/json_fields.h"

namespace visionops::bdd100k {

namespace {

using annotations::Annotations;
using annotations::member_of;
using annotations::Object;

constexpr double kFar = 1 << 24;  // pixels

Shaped malformed(std::string why) { return {annotations::FindingKind("MalformedAnnotation"), std::move(why)}; }
Shaped unsupported(std::string why) { return {annotations::FindingKind("UnsupportedShape"), std::move(why)}; }

Shaped read_box(const Json& box, Object& object) {
  std::array<double, 4> c{};
  constexpr std::array kKeys{"x1", "y1", "x2", "y2"};
  for (std::size_t i = 0; i < c.size(); ++i) {
    const auto value = annotations::number_in(member_of(box, kKeys[i]), kFar);
    if (!value) return malformed(std::string("box2d.") + kKeys[i] + " is not a number within reach");
    c[i] = *value;
  }
  object.box = {std::min(c[0], c[2]), std::min(c[1], c[3]), std::abs(c[2] - c[0]), std::abs(c[3] - c[1])};
  object.area = object.box[2] * object.box[3];
  object.has_box = object.has_area = object.has_crowd = true;  // COCO requires area and iscrowd
  return {{}, "", c[0] > c[2] || c[1] > c[3]};
}

/// One part of a poly2d, as a ring.
Shaped read_part(const Json& part, std::vector<double>& ring) {
  const auto* closed = member_of(part, "closed");
  if (closed != nullptr && *closed == Json(false)) return unsupported("a line has no area");
  if (text_of(part, "types").find('C') != std::string::npos) return unsupported("a curve is not read");
  const auto* vertices = member_of(part, "vertices");
  if (vertices == nullptr || !vertices->is_array()) return malformed("poly2d has no list of vertices");
  for (const auto& vertex : *vertices) {
    const auto pair = annotations::numbers_in(&vertex, kFar);
    if (!pair || pair->size() != 2) return malformed("a vertex of poly2d is no pair of numbers within reach");
    ring.insert(ring.end(), pair->begin(), pair->end());
  }
  return ring.size() < 6 ? malformed("a polygon of " + std::to_string(ring.size() / 2) + " points has no area")
                         : Shaped{};
}

Shaped read_polygons(const Json& parts, Annotations& a, Object& object) {
  std::vector<annotations::Slice> rings;
  std::vector<double> all;
  double area = 0;
  for (const auto& part : parts) {
    std::vector<double> ring;
    if (auto shaped = read_part(part, ring); shaped.left_out) return shaped;
    Object one;
    set_ring(a, one, ring);
    area += one.area;
    rings.push_back(a.ring_span(one.shape).front());
    all.insert(all.end(), ring.begin(), ring.end());
  }
  object.shape = a.add_rings(rings);
  object.shape_kind = annotations::Shape::Polygons;
  object.area = area;
  object.has_area = object.has_crowd = true;
  if (object.has_box) return {};
  const auto corners = annotations::corners_of(std::span<const double>(all));
  object.box = {corners[0], corners[1], corners[2] - corners[0], corners[3] - corners[1]};
  object.has_box = true;
  return {};
}

}  // namespace

Shaped read_label(const Json& label, Annotations& a, Object& object) {
  const auto* box = member_of(label, "box2d");
  const auto* parts = member_of(label, "poly2d");
  const bool has_box = box != nullptr && !box->is_null();
  const bool has_parts = parts != nullptr && parts->is_array() && !parts->empty();
  if (!has_box && !has_parts) return unsupported("has neither box2d nor poly2d");
  Shaped shaped;
  if (has_box) shaped = read_box(*box, object);
  if (shaped.left_out || !has_parts) return shaped;
  auto polygons = read_polygons(*parts, a, object);
  polygons.exchanged = shaped.exchanged;
  return polygons;
}

}  // namespace visionops::bdd100k
