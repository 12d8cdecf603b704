#include "worker/dataset/formats/coco/coco_fractions.h"

#include <algorithm>

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

}  // namespace

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
