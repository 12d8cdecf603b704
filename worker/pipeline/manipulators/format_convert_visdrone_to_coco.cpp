// Gives a VisDrone source what a COCO file has.
#include "worker/pipeline/collection/convert_format.h"
#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

struct Params {};

Result<Collection> convert(Collection c, const Params&, StepContext&) {
  if (c.annotations.source_format != Format::VisDrone) {
    return invalid_error("the source is a " + std::string(enum_name(c.annotations.source_format)) +
                         " dataset, expected VisDrone");
  }
  put_in_coco_terms(c);
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

extern const Manipulator format_convert_visdrone_to_coco = define<Params>(
    {.name = "format_convert_visdrone_to_coco",
     .doc = "Turns the annotations of a VisDrone source into COCO's terms: categories pedestrian to motor as 1 to 10, "
            "others "
            "11, ignored-regions 12; ignored regions and boxes of score 0 keep the flag ignore; score, truncation and "
            "occlusion are attributes. Nothing is lost.",
     .category = contract::ManipulatorCategory::FormatConvert,
     .scopes = kPerSource,
     .tasks = {Task::Detection},
     .formats = {Format::VisDrone},
     .output_format = Format::COCO},
    convert);

}  // namespace visionops::pipeline
