// Reduces a source to what YOLO files can say.
#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

Result<Collection> convert(Collection c, const NoParams&, StepContext& context) {
  if (c.annotations.source_format == Format("YOLO")) {
    context.notes.emplace_back("the source is a YOLO dataset already");
    return c;
  }
  return convert_to(Format("YOLO"), std::move(c), context);
}

}  // namespace

extern const Manipulator format_convert_to_yolo = define<NoParams>(
    {.name = "format_convert_to_yolo",
     .doc = "Reduces the annotations of a COCO source to what YOLO rows can say. What gets lost is counted and must be "
            "named in allowLoss.",
     .category = contract::ManipulatorCategory::FormatConvert,
     .scopes = kPerSource,
     .tasks = {Task::Detection, Task::Segmentation},
     .formats = {Format("COCO")},
     .output_format = Format("YOLO")},
    convert);

}  // namespace visionops::pipeline
