// Where masks lie, and how large they are.
#include <algorithm>
#include <cmath>
#include <limits>

#include "worker/dataset/formats/coco/coco_mask.h"
#include "worker/dataset/formats/coco/coco_rle.h"
#include "worker/dataset/model/rle.h"

namespace visionops::annotations {

namespace {

using Box = std::array<double, 4>;

constexpr double kNearBox = 1.5;                // pixels: tools round boxes in both directions
constexpr std::int64_t kMaxTurned = 1LL << 26;  // pixels of a mask that is laid on its side

bool is_rle(const Object& object) {
  return object.shape_kind == Shape::RleCounts || object.shape_kind == Shape::RleCompressed;
}

std::optional<Box> box_of_rings(const Annotations& a, const Object& object) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  Box c{inf, inf, -inf, -inf};
  for (const Slice ring : a.ring_span(object.shape)) {
    const auto points = a.number_span(ring);
    for (std::size_t i = 0; i + 1 < points.size(); i += 2) {
      c = {std::min(c[0], points[i]), std::min(c[1], points[i + 1]), std::max(c[2], points[i]),
           std::max(c[3], points[i + 1])};
    }
  }
  if (c[2] < c[0]) return std::nullopt;
  return Box{c[0], c[1], c[2] - c[0], c[3] - c[1]};
}

/// Gauss's formula.
double area_of_ring(std::span<const double> points) {
  double twice = 0;
  for (std::size_t i = 0; i + 1 < points.size(); i += 2) {
    const std::size_t next = i + 2 < points.size() ? i + 2 : 0;
    twice += points[i] * points[next + 1] - points[next] * points[i + 1];
  }
  return std::abs(twice) / 2;
}

bool near(const std::optional<Box>& x, const Box& y) {
  if (!x) return false;
  return std::ranges::equal(*x, y, [](double p, double q) { return std::abs(p - q) <= kNearBox; });
}

/// The runs of the mask whose columns are the rows of this one of `height` x `width`.
std::vector<std::int64_t> turned(std::span<const std::int64_t> runs, std::int64_t height, std::int64_t width) {
  std::vector<bool> pixels;
  pixels.reserve(static_cast<std::size_t>(height * width));
  for (std::size_t i = 0; i < runs.size(); ++i)
    pixels.insert(pixels.end(), static_cast<std::size_t>(runs[i]), i % 2 == 1);
  std::vector<std::int64_t> out{0};
  for (std::int64_t row = 0; row < height; ++row) {
    for (std::int64_t column = 0; column < width; ++column) {
      const bool inside = pixels[static_cast<std::size_t>(column * height + row)];
      if (inside != (out.size() % 2 == 0)) out.push_back(0);
      ++out.back();
    }
  }
  return out;
}

std::optional<Box> on_its_side(const std::optional<Box>& box) {
  return box ? std::optional(Box{(*box)[1], (*box)[0], (*box)[3], (*box)[2]}) : std::nullopt;
}

}  // namespace

std::optional<Box> box_of_mask(const Annotations& a, const Object& object) {
  if (object.shape_kind == Shape::Polygons) return box_of_rings(a, object);
  return is_rle(object) ? rle_bounds(rle_runs(a, object), object.rle_size[0]) : std::nullopt;
}

std::optional<double> area_of(const Annotations& a, const Object& object) {
  if (is_rle(object)) return static_cast<double>(rle_area(rle_runs(a, object)));
  if (object.shape_kind == Shape::OrientedBox) return area_of_ring(a.number_span(object.shape));
  if (object.shape_kind == Shape::Polygons && object.shape.size > 0) {
    double area = 0;
    for (const Slice ring : a.ring_span(object.shape)) area += area_of_ring(a.number_span(ring));
    if (std::isfinite(area)) return area;
  }
  const double area = object.box[2] * object.box[3];
  return object.has_box && std::isfinite(area) ? std::optional(area) : std::nullopt;
}

bool exchange_mask_sides(Annotations& a, Object& object) {
  const auto [height, width] = object.rle_size;
  const auto runs = rle_runs(a, object);
  if (!object.has_box || runs.empty()) return false;
  const bool renamed = near(rle_bounds(runs, width), object.box);
  const bool lies = near(on_its_side(rle_bounds(runs, height)), object.box);
  if (renamed == lies) return false;
  if (lies && std::int64_t{height} * width > kMaxTurned) return false;
  if (lies) {
    object.shape = a.add_text(encode_rle(turned(runs, height, width)));
    object.shape_kind = Shape::RleCompressed;
  }
  object.rle_size = {width, height};
  return true;
}

std::optional<Remark> fit_mask(Annotations& a, Object& object) {
  const Image& image = a.images[object.image];
  const auto [height, width] = object.rle_size;
  if (!is_rle(object) || image.width <= 0 || image.height <= 0) return std::nullopt;
  if (image.width == width && image.height == height) return std::nullopt;
  const std::string sizes = "is [" + std::to_string(height) + ", " + std::to_string(width) +
                            "], the image has height " + std::to_string(image.height) + " and width " +
                            std::to_string(image.width);
  if (image.width == height && image.height == width && exchange_mask_sides(a, object)) {
    return Remark{"RepairedMask", "segmentation.size", sizes + "; with its sides exchanged it fits the box"};
  }
  object.shape_kind = Shape::None;
  object.shape = {};
  return Remark{"BadRle", "segmentation.size", sizes};
}

}  // namespace visionops::annotations
