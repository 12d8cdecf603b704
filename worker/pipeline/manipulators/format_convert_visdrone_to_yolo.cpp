// Reduces a VisDrone source to what YOLO files can say.
#include "worker/pipeline/collection/convert_format.h"
#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

struct Params {};

Result<Collection> convert(Collection c, const Params&, StepContext& context) {
  if (c.annotations.source_format != Format::VisDrone) {
    return invalid_error("the source is a " + std::string(enum_name(c.annotations.source_format)) +
                         " dataset, expected VisDrone");
  }
  context.loss = pass_through_yolo(c, context.tasks, context.findings);
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

extern const Manipulator format_convert_visdrone_to_yolo = define<Params>(
    {.name = "format_convert_visdrone_to_yolo",
     .doc =
         "Reduces the annotations of a VisDrone source to YOLO rows: classes pedestrian to motor are 0 to 9, others "
         "10, "
         "ignored-regions 11. Ignored regions and boxes of score 0 are left out (Ignore), and so are score, truncation "
         "and occlusion (Attributes): both must be named in allowLoss. For exactly the ten classes, name them in "
         "filter_final_classes after the merge.",
     .category = contract::ManipulatorCategory::FormatConvert,
     .scopes = kPerSource,
     .tasks = {Task::Detection},
     .formats = {Format::VisDrone},
     .output_format = Format::YOLO},
    convert);

}  // namespace visionops::pipeline
