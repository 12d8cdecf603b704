// Gives a YOLO source what a COCO file has: ids from 1, areas, crowd flags.
#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

struct Params {};

Result<Collection> convert(Collection c, const Params&, StepContext& context) {
  auto& a = c.annotations;
  if (a.source_format == Format::COCO) {
    context.notes.emplace_back("the source is a COCO dataset already");
    return c;
  }
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
  return c;
}

}  // namespace
}  // namespace visionops::pipeline

namespace visionops {
VISIONOPS_DECLARE_FIELDS(pipeline::Params);
const Table<pipeline::Params>& Fields<pipeline::Params>::table() {
  static const Table<pipeline::Params> table{};
  return table;
}
}  // namespace visionops

namespace visionops::pipeline {

extern const Manipulator format_convert_to_coco = define<Params>(
    {.name = "format_convert_to_coco",
     .doc =
         "Turns the annotations of a YOLO source into COCO's terms: ids from 1, areas, crowd flags. Nothing is lost.",
     .category = contract::ManipulatorCategory::FormatConvert,
     .scopes = kPerSource,
     .formats = {Format::YOLO},
     .output_format = Format::COCO},
    convert);

}  // namespace visionops::pipeline
