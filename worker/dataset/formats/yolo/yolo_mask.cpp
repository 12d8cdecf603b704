#include "worker/dataset/formats/yolo/yolo_mask.h"

#include <algorithm>
#include <optional>

#include "worker/dataset/formats/yolo/clipped_ring.h"
#include "worker/dataset/formats/yolo/joined_rings.h"
#include "worker/dataset/formats/yolo/mask_contours.h"
#include "worker/dataset/model/rle.h"

namespace visionops::annotations {

namespace {

constexpr double kTolerance = 1.0;  // pixels a ring may stand over without it being called a loss

/// How far the ring stands over the frame, in pixels; 0 when it does not.
double overhang(std::span<const double> ring, const Image& image) {
  double most = 0;
  for (std::size_t i = 0; i + 1 < ring.size(); i += 2) {
    most = std::max({most, -ring[i], ring[i] - image.width, -ring[i + 1], ring[i + 1] - image.height});
  }
  return most;
}

YoloMask polygons_of(const Annotations& a, const Object& object) {
  const Image& image = a.images[object.image];
  YoloMask mask;
  for (const Slice slice : a.ring_span(object.shape)) {
    const auto ring = a.number_span(slice);
    const double over = overhang(ring, image);
    mask.cut = mask.cut || over > kTolerance;
    auto inside = over > 0 ? clip_ring(ring, image.width, image.height) : std::vector<double>(ring.begin(), ring.end());
    if (!inside.empty()) mask.rings.push_back(std::move(inside));
  }
  mask.parts = mask.rings.size();
  return mask;
}

std::optional<std::vector<std::int64_t>> runs_of(const Annotations& a, const Object& object) {
  const auto [height, width] = object.rle_size;
  if (object.shape_kind == Shape::RleCompressed) {
    auto runs = decode_rle(a.text_view(object.shape), height, width);
    return runs.ok() ? std::optional(*std::move(runs)) : std::nullopt;
  }
  const auto counts = a.number_span(object.shape);
  if (!check_rle_counts(counts, height, width)) return std::nullopt;
  std::vector<std::int64_t> runs;
  for (const double count : counts) runs.push_back(static_cast<std::int64_t>(count));
  return runs;
}

std::optional<YoloMask> drawn(const Annotations& a, const Object& object) {
  const Image& image = a.images[object.image];
  if (object.rle_size[0] != image.height || object.rle_size[1] != image.width) return std::nullopt;
  const auto runs = runs_of(a, object);
  if (!runs) return std::nullopt;
  auto contours = contours_of(*runs, image.height);
  if (!contours) return std::nullopt;
  return YoloMask{std::move(contours->rings), contours->parts, contours->holes, contours->iou, false};
}

}  // namespace

YoloMask yolo_mask(const Annotations& a, const Object& object, MaskKind& kind) {
  const bool polygons = object.shape_kind == Shape::Polygons && object.shape.size > 0;
  const bool runs = object.shape_kind == Shape::RleCounts || object.shape_kind == Shape::RleCompressed;
  kind = polygons ? MaskKind::Polygons : runs ? MaskKind::Runs : MaskKind::None;
  if (polygons) return polygons_of(a, object);
  if (!runs) return {};
  auto mask = drawn(a, object);
  if (mask) return *std::move(mask);
  kind = MaskKind::NotDrawn;
  return {};
}

std::vector<double> ring_of(const YoloMask& mask) {
  if (mask.rings.size() == 1) return mask.rings.front();
  const std::vector<std::span<const double>> parts(mask.rings.begin(), mask.rings.end());
  return join_rings(parts).ring;
}

}  // namespace visionops::annotations
