// What a YOLO dataset cannot keep; the rules of the writer, counted before anything is written.
#include <array>
#include <cstdio>

#include "worker/dataset/formats/yolo/yolo.h"
#include "worker/dataset/formats/yolo/yolo_mask.h"
#include "worker/dataset/model/loss_counter.h"

namespace visionops::annotations {

namespace {

std::size_t points_of(const Annotations& a, const Object& object) {
  std::size_t numbers = 0;
  for (const Slice ring : a.ring_span(object.shape)) numbers += ring.size;
  return numbers / 2;
}

/// Among boxes.
void count_mask(const Annotations& a, std::size_t i, LossCounter& loss) {
  const Object& object = a.objects[i];
  if (object.shape_kind == Shape::OrientedBox) {
    loss.add(LossKind::Masks, i, [] { return "oriented box becomes its bounds"; });
  } else if (object.shape_kind == Shape::Polygons && object.shape.size > 0) {
    loss.add(LossKind::Masks, i, [&] { return "polygon mask of " + std::to_string(points_of(a, object)) + " points"; });
  } else if (object.shape_kind == Shape::RleCounts || object.shape_kind == Shape::RleCompressed) {
    loss.add(LossKind::Masks, i, [] { return "run-length mask"; });
  }
}

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string iou_text(double iou) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.4f", iou);
  return text.data();
}

/// Of a mask that is written as one ring.
void count_ring(const Annotations& a, std::size_t i, LossCounter& loss) {
  MaskKind kind{};
  const auto mask = yolo_mask(a, a.objects[i], kind);
  if (mask.parts > 1) {
    loss.add(LossKind::MultiPart, i, [&] { return std::to_string(mask.parts) + " parts become one ring"; });
  }
  if (kind != MaskKind::Runs) return;
  loss.add(LossKind::Precision, i, [&] {
    const std::string holes = mask.holes == 0 ? "" : " with " + counted(mask.holes, "hole") + " cut out over a bridge";
    return "run-length mask becomes a polygon of " + counted(ring_of(mask).size() / 2, "point") + holes + ", IoU " +
           iou_text(mask.iou);
  });
}

const char* why_no_mask(const Object& object) {
  switch (object.shape_kind) {
    case Shape::OrientedBox:
      return "oriented box without a mask is left out: a box is not a mask";
    case Shape::RleCounts:
    case Shape::RleCompressed:
      return "run-length mask of another size than the image, or too large to be drawn as a polygon, is left out";
    case Shape::None:
    case Shape::Polygons:
      break;
  }
  return "box without a mask is left out: a box is not a mask";
}

void count_fate(const Annotations& a, std::size_t i, YoloRows rows, YoloFate fate, LossCounter& loss) {
  const std::string shape = rows == YoloRows::Boxes ? "box" : "mask";
  switch (fate) {
    case YoloFate::DroppedCrowd:
      return loss.add(LossKind::Crowd, i, [] { return "crowd region is left out"; });
    case YoloFate::DroppedIgnore:
      return loss.add(LossKind::Ignore, i, [] { return "ignored region is left out"; });
    case YoloFate::DroppedNoArea:
      return loss.add(LossKind::Boxes, i, [&] { return shape + " without area inside the image is left out"; });
    case YoloFate::DroppedNoMask:
      return loss.add(LossKind::Objects, i, [&] { return why_no_mask(a.objects[i]); });
    case YoloFate::DroppedUnseen:
      return loss.add(LossKind::Objects, i, [] { return "its image is not seen by Ultralytics"; });
    case YoloFate::Clipped:
      return loss.add(LossKind::Boxes, i, [&] { return shape + " is cut to the image"; });
    case YoloFate::Written:
      return;
  }
}

/// Sub-pixel cuts at the frame; the nine digits of the writer are no loss anyone could measure.
bool loses_precision(const Annotations& a, const Object& o, YoloFate fate) {
  if (!o.has_box || fate != YoloFate::Written) return false;
  const Image& image = a.images[o.image];
  return o.box[0] < 0 || o.box[1] < 0 || o.box[0] + o.box[2] > image.width || o.box[1] + o.box[3] > image.height;
}

void count_object(const Annotations& a, std::size_t i, YoloRows rows, LossCounter& loss) {
  const Object& object = a.objects[i];
  const YoloFate fate = yolo_fate(a, object, rows);
  if (rows == YoloRows::Boxes) count_mask(a, i, loss);
  if (rows == YoloRows::Polygons && is_written(fate)) count_ring(a, i, loss);
  count_fate(a, i, rows, fate, loss);
  if (object.attributes.size > 2) {  // "{}" holds nothing
    loss.add(LossKind::Attributes, i, [&] { return std::string(a.text_view(object.attributes).substr(0, 120)); });
  }
  if (object.keypoints.size > 0) {
    loss.add(LossKind::Keypoints, i, [&] { return std::to_string(object.keypoints.size / 3) + " keypoints"; });
  }
  if (loses_precision(a, object, fate)) {
    loss.add(LossKind::Precision, i, [] { return "box is cut to the image by at most a pixel"; });
  }
  if (object.extra.size > 0) {
    loss.add(LossKind::UnknownKeys, i, [&] { return std::string(a.text_view(object.extra).substr(0, 120)); });
  }
}

void count_unseen_images(const Annotations& a, LossCounter& loss) {
  for (const Image& image : a.images) {
    const std::string& path = image.path.empty() ? image.file_name : image.path;
    if (is_seen_by_ultralytics(path)) continue;
    loss.add_example(LossKind::Images, [&] {
      return path + ": Ultralytics does not take it for an image by its suffix (ultralytics/data/utils.py IMG_FORMATS)";
    });
  }
}

}  // namespace

LossReport yolo_loss(const Annotations& a, const std::vector<Task>& tasks) {
  const YoloRows rows = yolo_rows(tasks);
  LossCounter loss(a);
  count_unseen_images(a, loss);
  for (std::size_t i = 0; i < a.objects.size(); ++i) count_object(a, i, rows, loss);
  count_unknown_keys(a, loss);
  return loss.report();
}

}  // namespace visionops::annotations
