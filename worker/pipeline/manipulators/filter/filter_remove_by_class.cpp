// Removes the images that show any of the classes.
#include "worker/pipeline/manipulators/filter/shown_classes.h"

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
  auto shown = shown_classes(c, params.classes, context);
  shown.images.flip();
  retain_images(c, shown.images);
  remove_categories(c, shown.categories);  // nothing uses them any more
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
