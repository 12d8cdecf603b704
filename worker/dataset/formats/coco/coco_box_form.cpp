#include "worker/dataset/formats/coco/coco_box_form.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "worker/dataset/formats/coco/coco_mask.h"

namespace visionops::annotations {

namespace {

bool is_fraction(double value) { return value >= 0 && value <= 1; }

bool in_fractions(const Annotations& a, const Object& object) {
  if (!std::ranges::all_of(object.box, is_fraction)) return false;
  if (object.box[0] + object.box[2] > 1.001 || object.box[1] + object.box[3] > 1.001) return false;
  if (object.shape_kind == Shape::Polygons) {
    return std::ranges::all_of(a.ring_span(object.shape),
                               [&](Slice ring) { return std::ranges::all_of(a.number_span(ring), is_fraction); });
  }
  return object.shape_kind == Shape::None;
}

/// A single box of a pixel in a corner would be one, too: they have to have parts of pixels.
bool all_in_fractions(const Annotations& a) {
  bool parts = false;
  for (const Object& object : a.objects) {
    if (!object.has_box) continue;
    if (!in_fractions(a, object)) return false;
    parts = parts || std::ranges::any_of(object.box, [](double value) { return value > 0 && value < 1; });
  }
  return parts;
}

void scale(Annotations& a, Object& object, const Image& image) {
  for (std::size_t i = 0; i < 4; ++i) object.box[i] *= i % 2 == 0 ? image.width : image.height;
  object.has_area = false;  // of fractions it says nothing; writers compute it
  if (object.shape_kind != Shape::Polygons) return;
  for (const Slice ring : a.ring_span(object.shape)) {
    for (std::size_t i = 0; i < ring.size; ++i) a.numbers[ring.begin + i] *= i % 2 == 0 ? image.width : image.height;
  }
}

using Box = std::array<double, 4>;

constexpr double kNear = 1.5;  // pixels: tools round boxes in both directions

Box corners_of(const Box& box) { return {box[0], box[1], box[0] + box[2], box[1] + box[3]}; }

bool near(const Box& x, const Box& y) {
  return std::ranges::equal(x, y, [](double p, double q) { return std::abs(p - q) <= kNear; });
}

/// Nothing: the two forms of the box say the same, or there is no mask.
std::optional<bool> has_corners(const Annotations& a, const Object& object) {
  const auto around = object.has_box ? box_of_mask(a, object) : std::nullopt;
  if (!around) return std::nullopt;
  const bool sides = near(object.box, *around);
  const bool corners = near(object.box, corners_of(*around));
  return sides && corners ? std::nullopt : std::optional(corners);
}

bool all_have_corners(const Annotations& a) {
  bool some = false;
  for (const Object& object : a.objects) {
    const auto corners = has_corners(a, object);
    if (corners && !*corners) return false;
    some = some || corners;
  }
  return some;
}

}  // namespace

void read_corners(Annotations& a, const std::string& file, Findings& findings) {
  if (!all_have_corners(a)) return;
  const auto is_box = [](const Object& object) { return object.has_box; };
  const auto right = [](const Object& o) { return !o.has_box || (o.box[2] >= o.box[0] && o.box[3] >= o.box[1]); };
  if (!std::ranges::all_of(a.objects, right)) return;
  for (Object& object : a.objects) {
    if (!object.has_box) continue;
    object.box[2] -= object.box[0];
    object.box[3] -= object.box[1];
  }
  findings.add({"RepairedBox", file, "annotations",
                "all " + std::to_string(std::ranges::count_if(a.objects, is_box)) +
                    " boxes are corners, as their masks tell, and read as x, y, width, height"});
}

void scale_fractions(Annotations& a, const std::string& file, Findings& findings) {
  if (!all_in_fractions(a)) return;
  std::int64_t scaled = 0;
  for (Object& object : a.objects) {
    if (!object.has_box) continue;
    const Image& image = a.images[object.image];
    if (image.width > 1 && image.height > 1) {
      scale(a, object, image);
      ++scaled;
    } else {
      findings.add({"UncertainBoxes", file, "annotation id " + a.id_text(object.id),
                    "is in fractions of an image whose size is not known"});
    }
  }
  if (scaled == 0) return;
  findings.add({"RepairedBox", file, "annotations",
                "all " + std::to_string(scaled) + " boxes are in fractions of their images, and read as pixels"});
}

}  // namespace visionops::annotations
