// Gives a YOLO source what a COCO file has.
#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

Result<Collection> convert(Collection c, const NoParams&, StepContext& context) {
  if (c.annotations.source_format == Format("COCO")) {
    context.notes.emplace_back("the source is a COCO dataset already");
    return c;
  }
  return convert_to(Format("COCO"), std::move(c), context);
}

}  // namespace

extern const Manipulator format_convert_to_coco = define<NoParams>(
    {.name = "format_convert_to_coco",
     .doc =
         "Turns the annotations of a YOLO source into COCO's terms: ids from 1, areas, crowd flags. Nothing is lost.",
     .category = contract::ManipulatorCategory::FormatConvert,
     .scopes = kPerSource,
     .formats = {Format("YOLO")},
     .output_format = Format("COCO")},
    convert);

}  // namespace visionops::pipeline
