#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "worker/dataset/formats/yolo/yolo.h"
#include "worker/dataset/formats/yolo/yolo_mask.h"
#include "worker/dataset/images/image_header.h"
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

/// The box of an object, or the bounds of its polygons; nullopt when it has neither.
std::optional<Corners> box_of(const Annotations& a, const Object& object) {
  if (object.has_box) {
    return Corners{object.box[0], object.box[1], object.box[0] + object.box[2], object.box[1] + object.box[3]};
  }
  return has_polygons(object) ? std::optional(bounds_of(a, object.shape)) : std::nullopt;
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

void append_box(std::string& out, const Corners& c, const Image& image) {
  append_value(out, (c[0] + c[2]) / 2 / image.width);
  append_value(out, (c[1] + c[3]) / 2 / image.height);
  append_value(out, (c[2] - c[0]) / image.width);
  append_value(out, (c[3] - c[1]) / image.height);
}

void append_polygon(std::string& out, std::span<const double> ring, const Image& image) {
  for (std::size_t i = 0; i + 1 < ring.size(); i += 2) {
    append_value(out, ring[i] / image.width);
    append_value(out, ring[i + 1] / image.height);
  }
}

void append_row(std::string& out, const Annotations& a, const Object& object, YoloRows rows) {
  const Image& image = a.images[object.image];
  out += std::to_string(object.category);
  if (rows == YoloRows::Boxes) {
    append_box(out, clip(*box_of(a, object), image), image);
  } else {
    MaskKind kind{};
    append_polygon(out, ring_of(yolo_mask(a, object, kind)), image);
  }
  out += '\n';
}

YoloFate fate_of_box(const Annotations& a, const Object& object) {
  const auto box = box_of(a, object);
  if (!box) return YoloFate::DroppedNoArea;
  const Corners c = clip(*box, a.images[object.image]);
  if (c[2] <= c[0] || c[3] <= c[1]) return YoloFate::DroppedNoArea;
  double cut = 0;
  for (std::size_t i = 0; i < 4; ++i) cut = std::max(cut, std::abs(c[i] - (*box)[i]));
  return cut > kTolerance ? YoloFate::Clipped : YoloFate::Written;
}

/// Bounds without an area are no mask either: a line along an axis.
bool has_area(const YoloMask& mask) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  Corners c{inf, inf, -inf, -inf};
  for (const auto& ring : mask.rings) {
    for (std::size_t i = 0; i + 1 < ring.size(); i += 2) {
      c = {std::min(c[0], ring[i]), std::min(c[1], ring[i + 1]), std::max(c[2], ring[i]), std::max(c[3], ring[i + 1])};
    }
  }
  return c[2] > c[0] && c[3] > c[1];
}

YoloFate fate_of_mask(const Annotations& a, const Object& object) {
  MaskKind kind{};
  const auto mask = yolo_mask(a, object, kind);
  if (kind == MaskKind::None || kind == MaskKind::NotDrawn) return YoloFate::DroppedNoMask;
  if (!has_area(mask)) return YoloFate::DroppedNoArea;
  return mask.cut ? YoloFate::Clipped : YoloFate::Written;
}

}  // namespace

YoloFate yolo_fate(const Annotations& a, const Object& object, YoloRows rows) {
  if (object.crowd) return YoloFate::DroppedCrowd;
  if (object.ignore) return YoloFate::DroppedIgnore;
  const Image& image = a.images[object.image];
  if (!is_seen_by_ultralytics(image.path.empty() ? image.file_name : image.path)) return YoloFate::DroppedUnseen;
  return rows == YoloRows::Boxes ? fate_of_box(a, object) : fate_of_mask(a, object);
}

std::string write_yolo_labels(const Annotations& a, std::span<const std::uint32_t> objects, YoloRows rows) {
  std::string out;
  for (const std::uint32_t index : objects) {
    if (is_written(yolo_fate(a, a.objects[index], rows))) append_row(out, a, a.objects[index], rows);
  }
  return out;
}

std::string yolo_label_path(std::string_view image_path) { return label_path(image_path, "labels"); }

bool is_seen_by_ultralytics(std::string_view path) {
  constexpr std::string_view gif = ".gif";
  const bool is_gif = path.size() > gif.size() && std::ranges::equal(path.substr(path.size() - gif.size()), gif,
                                                                     [](char a, char b) { return (a | 0x20) == b; });
  return path.empty() || (has_image_suffix(path) && !is_gif);
}

}  // namespace visionops::annotations
