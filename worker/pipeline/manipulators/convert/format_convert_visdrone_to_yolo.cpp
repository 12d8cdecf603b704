// Reduces a VisDrone source to what YOLO files can say.
#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

Result<Collection> convert(Collection c, const NoParams&, StepContext& context) {
  if (auto checked = expect_source(c, Format("VisDrone")); !checked) return checked.error();
  return convert_to(Format("YOLO"), std::move(c), context);
}

}  // namespace

extern const Manipulator format_convert_visdrone_to_yolo = define<NoParams>(
    {.name = "format_convert_visdrone_to_yolo",
     .doc = "Reduces the annotations of a VisDrone source to YOLO rows: pedestrian to motor are the classes 0 to 9, "
            "others is 10, ignored-regions 11. Ignored regions and boxes of score 0 are left out (Ignore), and so are "
            "score, truncation and occlusion (Attributes): both must be named in allowLoss. For exactly the ten "
            "classes, name them in filter_final_classes after the merge.",
     .category = contract::ManipulatorCategory::FormatConvert,
     .scopes = kPerSource,
     .tasks = {Task::Detection},
     .formats = {Format("VisDrone")},
     .output_format = Format("YOLO")},
    convert);

}  // namespace visionops::pipeline
