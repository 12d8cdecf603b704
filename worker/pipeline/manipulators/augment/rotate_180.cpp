// Turns images and everything that lies on them by 180 degrees.
#include <algorithm>
#include <cmath>

#include "worker/dataset/model/rle.h"
#include "worker/pipeline/manipulators/define.h"
#include "worker/pipeline/pixels/operations/rotate_180.h"

namespace visionops::pipeline {
namespace {

using annotations::Annotations;
using annotations::Image;
using annotations::Object;
using annotations::Shape;

/// A millionth of a pixel: takes the noise of the subtraction away, so that 640 - 10.1 is written as 629.9
/// and two half turns give the numbers of the source back.
double tidy(double v) { return std::abs(v) < 1e9 ? std::round(v * 1e6) / 1e6 : v; }

void turn_points(Annotations& a, annotations::Slice ring, const Image& image) {
  for (std::uint64_t i = ring.begin; i + 1 < ring.begin + ring.size; i += 2) {
    a.numbers[i] = tidy(image.width - a.numbers[i]);
    a.numbers[i + 1] = tidy(image.height - a.numbers[i + 1]);
  }
}

/// Keypoints name pixels by their index: the last one is width - 1. Visibility 0 means "not labelled", with
/// coordinates that mean nothing.
void turn_keypoints(Annotations& a, annotations::Slice keypoints, const Image& image) {
  for (std::uint64_t i = keypoints.begin; i + 2 < keypoints.begin + keypoints.size; i += 3) {
    if (a.numbers[i + 2] == 0) continue;
    a.numbers[i] = tidy(image.width - 1 - a.numbers[i]);
    a.numbers[i + 1] = tidy(image.height - 1 - a.numbers[i + 1]);
  }
}

/// Half a turn reverses the order of the pixels, column-major or not, and so the runs. The first run always
/// counts zeros, so a mask that ended with ones gets an empty first run, and an empty last run goes.
template <class T>
std::vector<T> reversed_runs(std::vector<T> runs) {
  const bool ends_with_ones = runs.size() % 2 == 0;
  std::reverse(runs.begin(), runs.end());
  if (ends_with_ones) runs.insert(runs.begin(), T{0});
  while (runs.size() > 1 && runs.back() == T{0}) runs.pop_back();
  return runs;
}

Status turn_shape(Annotations& a, Object& object, const Image& image) {
  switch (object.shape_kind) {
    case Shape::None:
      return {};
    case Shape::Polygons:
      for (const auto ring : a.ring_span(object.shape)) turn_points(a, ring, image);
      return {};
    case Shape::OrientedBox:
      turn_points(a, object.shape, image);
      return {};
    case Shape::RleCounts: {
      const auto counts = a.number_span(object.shape);
      object.shape = a.add_numbers(reversed_runs(std::vector<double>(counts.begin(), counts.end())));
      return {};
    }
    case Shape::RleCompressed: {
      auto runs = annotations::decode_rle(a.text_view(object.shape), object.rle_size[0], object.rle_size[1]);
      if (!runs) return runs.error();
      object.shape = a.add_text(annotations::encode_rle(reversed_runs(*std::move(runs))));
      return {};
    }
  }
  return {};
}

Result<Collection> turn(Collection c, const NoParams&, StepContext& context) {
  drop_images_without_size(c, context.findings);
  auto& a = c.annotations;
  for (auto& object : a.objects) {
    const Image& image = a.images[object.image];
    if (object.has_box) {
      object.box[0] = tidy(image.width - object.box[0] - object.box[2]);
      object.box[1] = tidy(image.height - object.box[1] - object.box[3]);
    }
    turn_keypoints(a, object.keypoints, image);
    if (auto status = turn_shape(a, object, image); !status) {
      return status.error().in("annotation " + std::to_string(object.id));
    }
  }
  return c;
}

ImageOperations operations(const ImageView&, const NoParams&) { return {Rotate180{}}; }

}  // namespace

extern const Manipulator rotate_180 =
    define<NoParams>({.name = "rotate_180",
                      .doc = "Turns images by 180 degrees, with boxes, polygons, masks and keypoints.",
                      .category = contract::ManipulatorCategory::Augment,
                      .scopes = kPerSource},
                     turn, operations);

}  // namespace visionops::pipeline
