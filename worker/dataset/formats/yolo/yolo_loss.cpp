// What a YOLO dataset cannot keep; the rules of the writer, counted before anything is written.
#include "worker/dataset/formats/yolo/yolo.h"
#include "worker/dataset/model/loss_counter.h"

namespace visionops::annotations {

namespace {

std::size_t points_of(const Annotations& a, const Object& object) {
  std::size_t numbers = 0;
  for (const Slice ring : a.ring_span(object.shape)) numbers += ring.size;
  return numbers / 2;
}

void count_mask(const Annotations& a, std::size_t i, YoloRows rows, LossCounter& loss) {
  const Object& object = a.objects[i];
  const bool polygons = object.shape_kind == Shape::Polygons && object.shape.size > 0;
  const bool rle = object.shape_kind == Shape::RleCounts || object.shape_kind == Shape::RleCompressed;
  if (rle) loss.add(LossKind::Masks, i, [] { return "run-length mask"; });
  if (!polygons) return;
  if (rows == YoloRows::Boxes) {
    loss.add(LossKind::Masks, i, [&] { return "polygon mask of " + std::to_string(points_of(a, object)) + " points"; });
  } else if (object.shape.size > 1) {
    loss.add(LossKind::MultiPart, i, [&] { return std::to_string(object.shape.size) + " parts become one ring"; });
  }
}

void count_fate(const Annotations& a, std::size_t i, YoloRows rows, LossCounter& loss) {
  switch (yolo_fate(a, a.objects[i], rows)) {
    case YoloFate::DroppedCrowd:
      return loss.add(LossKind::Crowd, i, [] { return "crowd region is left out"; });
    case YoloFate::DroppedIgnore:
      return loss.add(LossKind::Ignore, i, [] { return "ignored region is left out"; });
    case YoloFate::DroppedNoArea:
      return loss.add(LossKind::Boxes, i, [] { return "box without area inside the image is left out"; });
    case YoloFate::Clipped:
      return loss.add(LossKind::Boxes, i, [] { return "box is cut to the image"; });
    case YoloFate::Written:
      return;
  }
}

/// Sub-pixel cuts at the frame; the nine digits of the writer are no loss anyone could measure.
bool loses_precision(const Annotations& a, const Object& o, YoloRows rows) {
  if (!o.has_box || yolo_fate(a, o, rows) != YoloFate::Written) return false;
  const Image& image = a.images[o.image];
  return o.box[0] < 0 || o.box[1] < 0 || o.box[0] + o.box[2] > image.width || o.box[1] + o.box[3] > image.height;
}

}  // namespace

LossReport yolo_loss(const Annotations& a, const std::vector<Task>& tasks) {
  const YoloRows rows = yolo_rows(tasks);
  LossCounter loss(a);
  for (std::size_t i = 0; i < a.objects.size(); ++i) {
    const Object& object = a.objects[i];
    count_mask(a, i, rows, loss);
    count_fate(a, i, rows, loss);
    if (object.attributes.size > 2) {  // "{}" holds nothing
      loss.add(LossKind::Attributes, i, [&] { return std::string(a.text_view(object.attributes).substr(0, 120)); });
    }
    if (object.keypoints.size > 0) {
      loss.add(LossKind::Keypoints, i, [&] { return std::to_string(object.keypoints.size / 3) + " keypoints"; });
    }
    if (loses_precision(a, object, rows)) {
      loss.add(LossKind::Precision, i, [] { return "box is cut to the image by at most a pixel"; });
    }
    if (object.extra.size > 0) {
      loss.add(LossKind::UnknownKeys, i, [&] { return std::string(a.text_view(object.extra).substr(0, 120)); });
    }
  }
  count_unknown_keys(a, loss);
  return loss.report();
}

}  // namespace visionops::annotations
