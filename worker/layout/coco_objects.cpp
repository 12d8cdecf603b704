#include "worker/layout/coco_objects.h"

#include <algorithm>

#include "worker/dataset/formats/coco/coco_mask.h"
#include "worker/dataset/model/loss_counter.h"

namespace visionops::layout {

using annotations::Annotations;
using annotations::Object;
using annotations::Shape;

namespace {

bool has_mask(const Object& object) {
  if (object.shape_kind == Shape::None || object.shape_kind == Shape::OrientedBox) return false;
  return object.shape_kind != Shape::Polygons || object.shape.size > 0;
}

void take_box_of_mask(const Annotations& a, Object& object) {
  if (object.has_box) return;
  const auto box = annotations::box_of_mask(a, object);
  object.has_box = box.has_value();
  if (box) object.box = *box;
}

}  // namespace

annotations::LossReport keep_trainable_objects(Annotations& a, const std::vector<Task>& tasks) {
  const bool masks = std::ranges::count(tasks, Task::Segmentation) > 0;
  const bool boxes = masks || std::ranges::count(tasks, Task::Detection) > 0;
  annotations::LossCounter loss(a);
  std::vector<bool> keep(a.objects.size(), true);
  for (std::size_t i = 0; boxes && i < a.objects.size(); ++i) {
    take_box_of_mask(a, a.objects[i]);
    const char* why = nullptr;
    if (!a.objects[i].has_box) why = "has no box, and no mask to take one from";
    if (masks && !has_mask(a.objects[i])) why = "box without a mask is left out: a box is not a mask";
    keep[i] = why == nullptr;
    if (!keep[i]) loss.add(LossKind::Objects, i, [why] { return std::string(why); });
  }
  auto report = loss.report();
  annotations::retain(a, std::vector<bool>(a.images.size(), true), keep);
  return report;
}

}  // namespace visionops::layout
