// Gives a VisDrone source what a COCO file has.
#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

Result<Collection> convert(Collection c, const NoParams&, StepContext& context) {
  if (auto checked = expect_source(c, Format("VisDrone")); !checked) return checked.error();
  return convert_to(Format("COCO"), std::move(c), context);
}

}  // namespace

extern const Manipulator format_convert_visdrone_to_coco = define<NoParams>(
    {.name = "format_convert_visdrone_to_coco",
     .doc = "Turns the annotations of a VisDrone source into COCO's terms: categories pedestrian to motor as 1 to 10, "
            "others 11, ignored-regions 12; ignored regions and boxes of score 0 keep the flag ignore; score, "
            "truncation and occlusion are attributes. Nothing is lost.",
     .category = contract::ManipulatorCategory::FormatConvert,
     .scopes = kPerSource,
     .tasks = {Task::Detection},
     .formats = {Format("VisDrone")},
     .output_format = Format("COCO")},
    convert);

}  // namespace visionops::pipeline
