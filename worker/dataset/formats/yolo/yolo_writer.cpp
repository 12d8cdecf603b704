#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "worker/dataset/formats/yolo/joined_rings.h"
#include "worker/dataset/formats/yolo/yolo.h"
#include "worker/dataset/model/label_files.h"

namespace visionops::annotations {

namespace {

constexpr int kDigits = 9;
constexpr double kTolerance = 1.0;  // pixels a box may stand over without it being called a loss

/// Corners: left, top, right, bottom in pixels.
using Corners = std::array<double, 4>;

bool has_polygons(const Object& object) { return object.shape_kind == Shape::Polygons && object.shape.size > 0; }

Corners bounds_of(const Annotations& a, Slice rings) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  Corners c{inf, inf, -inf, -inf};
  for (const Slice ring : a.ring_span(rings)) {
    const auto points = a.number_span(ring);
    for (std::size_t i = 0; i + 1 < points.size(); i += 2) {
      c = {std::min(c[0], points[i]), std::min(c[1], points[i + 1]), std::max(c[2], points[i]),
           std::max(c[3], points[i + 1])};
    }
  }
  return c;
}

/// The geometry that a row of this kind would show; nullopt when the object has none.
std::optional<Corners> geometry_of(const Annotations& a, const Object& object, YoloRows rows) {
  if (has_polygons(object) && (rows == YoloRows::Polygons || !object.has_box)) return bounds_of(a, object.shape);
  if (!object.has_box) return std::nullopt;
  return Corners{object.box[0], object.box[1], object.box[0] + object.box[2], object.box[1] + object.box[3]};
}

Corners clip(const Corners& c, const Image& image) {
  const double width = image.width;
  const double height = image.height;
  return {std::clamp(c[0], 0.0, width), std::clamp(c[1], 0.0, height), std::clamp(c[2], 0.0, width),
          std::clamp(c[3], 0.0, height)};
}

void append_value(std::string& out, double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, kDigits).ptr;
  out += ' ';
  out.append(text.data(), end);
}

void append_point(std::string& out, double x, double y, const Image& image) {
  append_value(out, std::clamp(x, 0.0, static_cast<double>(image.width)) / image.width);
  append_value(out, std::clamp(y, 0.0, static_cast<double>(image.height)) / image.height);
}

std::vector<double> joined(const Annotations& a, Slice rings) {
  std::vector<std::span<const double>> parts;
  for (const Slice ring : a.ring_span(rings)) parts.push_back(a.number_span(ring));
  return join_rings(parts).ring;
}

void append_polygon(std::string& out, std::span<const double> ring, const Image& image) {
  for (std::size_t i = 0; i + 1 < ring.size(); i += 2) append_point(out, ring[i], ring[i + 1], image);
}

void append_row(std::string& out, const Annotations& a, const Object& object, YoloRows rows) {
  const Image& image = a.images[object.image];
  out += std::to_string(object.category);
  const Corners c = clip(*geometry_of(a, object, rows), image);
  if (rows == YoloRows::Boxes) {
    append_value(out, (c[0] + c[2]) / 2 / image.width);
    append_value(out, (c[1] + c[3]) / 2 / image.height);
    append_value(out, (c[2] - c[0]) / image.width);
    append_value(out, (c[3] - c[1]) / image.height);
  } else if (!has_polygons(object)) {
    append_polygon(out, std::array<double, 8>{c[0], c[1], c[2], c[1], c[2], c[3], c[0], c[3]}, image);
  } else if (object.shape.size == 1) {
    append_polygon(out, a.number_span(a.ring_span(object.shape)[0]), image);
  } else {
    append_polygon(out, joined(a, object.shape), image);
  }
  out += '\n';
}

}  // namespace

YoloFate yolo_fate(const Annotations& a, const Object& object, YoloRows rows) {
  if (object.crowd) return YoloFate::DroppedCrowd;
  if (object.ignore) return YoloFate::DroppedIgnore;
  const auto geometry = geometry_of(a, object, rows);
  if (!geometry) return YoloFate::DroppedNoArea;
  const Corners c = clip(*geometry, a.images[object.image]);
  if (c[2] <= c[0] || c[3] <= c[1]) return YoloFate::DroppedNoArea;
  double cut = 0;
  for (std::size_t i = 0; i < 4; ++i) cut = std::max(cut, std::abs(c[i] - (*geometry)[i]));
  return cut > kTolerance ? YoloFate::Clipped : YoloFate::Written;
}

std::string write_yolo_labels(const Annotations& a, std::span<const std::uint32_t> objects, YoloRows rows) {
  std::string out;
  for (const std::uint32_t index : objects) {
    const YoloFate fate = yolo_fate(a, a.objects[index], rows);
    if (fate == YoloFate::Written || fate == YoloFate::Clipped) append_row(out, a, a.objects[index], rows);
  }
  return out;
}

std::string yolo_label_path(std::string_view image_path) { return label_path(image_path, "labels"); }

}  // namespace visionops::annotations
