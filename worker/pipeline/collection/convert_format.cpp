#include "worker/pipeline/collection/convert_format.h"

#include "worker/dataset/formats/yolo/yolo.h"

namespace visionops::pipeline {

namespace {

using annotations::Annotations;

Annotations without_objects(const Annotations& a) {
  Annotations out;
  out.source_format = Format::YOLO;
  for (const auto& category : a.categories) {
    auto& copy = out.categories.emplace_back();
    copy.id = static_cast<std::int64_t>(out.categories.size()) - 1;
    copy.name = category.name;
  }
  out.images = a.images;
  for (auto& image : out.images) image.extra.clear();
  return out;
}

}  // namespace

Status expect_source(const Collection& c, Format format) {
  const Format found = c.annotations.source_format;
  if (found == format) return {};
  return invalid_error("the source is a " + std::string(enum_name(found)) + " dataset, expected " +
                       std::string(enum_name(format)));
}

void put_in_coco_terms(Collection& c) {
  auto& a = c.annotations;
  // From 1: evaluation tools take the annotation id 0 for "unmatched" (cocoapi PR #332).
  std::int64_t id = 0;
  for (auto& category : a.categories) category.id = ++id;
  id = 0;
  for (auto& image : a.images) image.id = ++id;
  id = 0;
  for (auto& object : a.objects) {
    object.id = ++id;
    object.has_crowd = true;
    if (!object.has_area && object.has_box && object.shape_kind == annotations::Shape::None) {
      object.area = object.box[2] * object.box[3];
      object.has_area = true;
    }
  }
  a.source_format = Format::COCO;
}

annotations::LossReport pass_through_yolo(Collection& c, const std::vector<Task>& tasks,
                                          annotations::Findings& findings) {
  drop_images_without_size(c, findings);
  const Annotations& a = c.annotations;
  auto loss = annotations::loss_of_conversion(a, Format::YOLO, tasks);
  Annotations out = without_objects(a);
  const auto rows = annotations::yolo_rows(tasks);
  const auto by_image = annotations::group_by_image(a);
  for (std::size_t i = 0; i < a.images.size(); ++i) {
    const auto text = annotations::write_yolo_labels(a, by_image.of(i), rows);
    annotations::read_yolo_labels(text, a.images[i].file_name, static_cast<std::uint32_t>(i), out, findings);
  }
  c.annotations = std::move(out);
  return loss;
}

}  // namespace visionops::pipeline
