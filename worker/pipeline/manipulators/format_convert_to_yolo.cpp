// Reduces a source to what YOLO files can say: every image goes through its label file and back, so
// that the result is what a reader of that file would see.
#include "worker/annotations/yolo.h"
#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

struct Params {};

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

Result<Collection> convert(Collection c, const Params&, StepContext& context) {
  const Annotations& a = c.annotations;
  if (a.source_format == Format::YOLO) {
    context.notes.emplace_back("the source is a YOLO dataset already");
    return c;
  }
  drop_images_without_size(c, context.findings);
  context.loss = annotations::loss_of_conversion(a, Format::YOLO, context.tasks);
  Annotations out = without_objects(a);
  const auto rows = annotations::yolo_rows(context.tasks);
  const auto by_image = annotations::group_by_image(a);
  for (std::size_t i = 0; i < a.images.size(); ++i) {
    const auto text = annotations::write_yolo_labels(a, by_image.of(i), rows);
    annotations::read_yolo_labels(text, a.images[i].file_name, static_cast<std::uint32_t>(i), out, context.findings);
  }
  c.annotations = std::move(out);
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

extern const Manipulator format_convert_to_yolo = define<Params>(
    {.name = "format_convert_to_yolo",
     .doc = "Reduces the annotations of a COCO source to what YOLO rows can say. What gets lost is counted and must be "
            "named in allowLoss.",
     .category = contract::ManipulatorCategory::FormatConvert,
     .scopes = kPerSource,
     .tasks = {Task::Detection, Task::Segmentation},
     .formats = {Format::COCO},
     .output_format = Format::YOLO},
    convert);

}  // namespace visionops::pipeline
