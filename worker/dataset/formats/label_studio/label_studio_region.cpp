#include <cmath>
#include <numbers>

#include "worker/dataset/formats/label_studio/label_studio.h"
#include "worker/dataset/model/label_files.h"
#include "worker/dataset/model/polygon.h"
#include "worker/dataset/text/json_fields.h"

namespace visionops::label_studio {

namespace {

using annotations::Annotations;
using annotations::member_of;
using annotations::number_in;
using annotations::Object;

constexpr double kFar = 1 << 24;     // pixels
constexpr double kFarPercent = 1e6;  // of a side
constexpr int kPointsOfAnEllipse = 64;

Shaped malformed(std::string why) { return {annotations::FindingKind("MalformedAnnotation"), std::move(why)}; }

/// Pixels for one percent.
struct Scale {
  double x = 0, y = 0;
};

Shaped read_rectangle(const Json& value, Scale scale, Annotations& a, Object& object) {
  const auto x = number_in(member_of(value, "x"), kFarPercent);
  const auto y = number_in(member_of(value, "y"), kFarPercent);
  const auto width = number_in(member_of(value, "width"), kFarPercent);
  const auto height = number_in(member_of(value, "height"), kFarPercent);
  if (!x || !y || !width || !height) return malformed("x, y, width and height are not numbers of percent");
  if (*width < 0 || *height < 0) return malformed("has a negative width or height");
  object.box = {*x * scale.x, *y * scale.y, *width * scale.x, *height * scale.y};
  object.area = object.box[2] * object.box[3];
  object.has_box = object.has_area = object.has_crowd = true;  // COCO requires area and iscrowd
  const double rotation = number_in(member_of(value, "rotation"), kFar).value_or(0);
  if (rotation != 0)
    set_oriented_box(a, object, annotations::turned(object.box, rotation, object.box[0], object.box[1]));
  return {};
}

Shaped read_polygon(const Json& value, Scale scale, Annotations& a, Object& object) {
  const auto* points = member_of(value, "points");
  if (points == nullptr || !points->is_array()) return malformed("points is no list");
  std::vector<double> ring;
  for (const auto& point : *points) {
    const auto pair = annotations::numbers_in(&point, kFarPercent);
    if (!pair || pair->size() != 2) {
      return malformed("points[" + std::to_string(ring.size() / 2) + "] is no pair of percent");
    }
    ring.push_back((*pair)[0] * scale.x);
    ring.push_back((*pair)[1] * scale.y);
  }
  if (ring.size() < 6) return malformed("a polygon of " + std::to_string(ring.size() / 2) + " points has no area");
  set_ring(a, object, ring);
  return {};
}

Shaped read_ellipse(const Json& value, Scale scale, Annotations& a, Object& object) {
  const auto x = number_in(member_of(value, "x"), kFarPercent);
  const auto y = number_in(member_of(value, "y"), kFarPercent);
  const auto across = number_in(member_of(value, "radiusX"), kFarPercent);
  const auto down = number_in(member_of(value, "radiusY"), kFarPercent);
  if (!x || !y || !across || !down) return malformed("x, y, radiusX and radiusY are not numbers of percent");
  const double turn = number_in(member_of(value, "rotation"), kFar).value_or(0) * std::numbers::pi / 180;
  std::vector<double> ring;
  for (int i = 0; i < kPointsOfAnEllipse; ++i) {
    const double angle = 2 * std::numbers::pi * i / kPointsOfAnEllipse;
    const double dx = *across * scale.x * std::cos(angle);
    const double dy = *down * scale.y * std::sin(angle);
    ring.push_back(*x * scale.x + dx * std::cos(turn) - dy * std::sin(turn));
    ring.push_back(*y * scale.y + dx * std::sin(turn) + dy * std::cos(turn));
  }
  set_ring(a, object, ring);
  return {};
}

}  // namespace

Shaped read_region(const Json& result, Annotations& a, Object& object) {
  const auto type = text_of(result, "type");
  const auto* value = member_of(result, "value");
  if (value == nullptr || !value->is_object()) return malformed("has no value");
  if (type != "rectanglelabels" && type != "polygonlabels" && type != "ellipselabels") {
    return {annotations::FindingKind("UnsupportedShape"), annotations::quoted(type) + " is no type that is read"};
  }
  const auto width = number_in(member_of(result, "original_width"), kFar);
  const auto height = number_in(member_of(result, "original_height"), kFar);
  if (!width || !height || *width <= 0 || *height <= 0) return malformed("has no original_width and original_height");
  if (number_in(member_of(result, "image_rotation"), kFar).value_or(0) != 0) {
    return {annotations::FindingKind("UnsupportedShape"), "stands on an image that was turned for labelling"};
  }
  const Scale scale{*width / 100, *height / 100};
  if (type == "rectanglelabels") return read_rectangle(*value, scale, a, object);
  if (type == "polygonlabels") return read_polygon(*value, scale, a, object);
  return read_ellipse(*value, scale, a, object);
}

}  // namespace visionops::label_studio
