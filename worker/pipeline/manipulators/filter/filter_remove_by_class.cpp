// Removes the images that show any of the classes.
#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

struct Params {
  std::vector<std::string> classes;

  static const Table<Params>& fields() {
    static const Table<Params> table{
        class_list("classes", &Params::classes, "An image goes when it has an object of any of these classes.")
            .required(),
    };
    return table;
  }
};

Result<Collection> remove(Collection c, const Params& params, StepContext& context) {
  std::vector<std::string> unknown;
  const auto unwanted = categories_named(c.annotations, params.classes, unknown);
  note_unknown_classes(unknown, context);
  auto keep = images_with(c.annotations, unwanted);
  keep.flip();
  retain_images(c, keep);
  remove_categories(c, unwanted);  // nothing uses them any more
  return c;
}

}  // namespace

extern const Manipulator filter_remove_by_class = define<Params>(
    {.name = "filter_remove_by_class",
     .doc = "Removes the images that have at least one object of the given classes, and the classes themselves.",
     .category = contract::ManipulatorCategory::Filter,
     .scopes = kBothScopes,
     .example = R"({"classes":["person"]})"},
    remove);

}  // namespace visionops::pipeline
