// Removes objects whose box is too small to learn from; images stay.
#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

struct Params {
  double min_area = 0;

  static const Table<Params>& fields() {
    static const Table<Params> table{
        field("minArea", &Params::min_area, "Smallest area that a box may have.")
            .required()
            .unit("square pixels")
            .range(0, 1e12)
            .example("64"),
    };
    return table;
  }
};

Result<Collection> remove_small(Collection c, const Params& params, StepContext&) {
  std::vector<bool> keep;
  keep.reserve(c.annotations.objects.size());
  for (const auto& object : c.annotations.objects) {
    keep.push_back(!object.has_box || object.box[2] * object.box[3] >= params.min_area);
  }
  retain_objects(c, keep);
  return c;
}

}  // namespace

extern const Manipulator filter_small_boxes =
    define<Params>({.name = "filter_small_boxes",
                    .doc = "Removes the objects whose box is smaller than the given area; every image stays.",
                    .category = contract::ManipulatorCategory::Filter,
                    .scopes = kBothScopes,
                    .example = R"({"minArea":64})"},
                   remove_small);

}  // namespace visionops::pipeline
