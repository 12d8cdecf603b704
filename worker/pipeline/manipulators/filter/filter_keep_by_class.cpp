// Keeps the images that show at least one of the classes, with all their objects.
#include "worker/pipeline/manipulators/filter/shown_classes.h"

namespace visionops::pipeline {
namespace {

struct Params {
  std::vector<std::string> classes;

  static const Table<Params>& fields() {
    static const Table<Params> table{
        class_list("classes", &Params::classes, "An image stays when it has an object of any of these classes.")
            .required(),
    };
    return table;
  }
};

Result<Collection> keep(Collection c, const Params& params, StepContext& context) {
  retain_images(c, shown_classes(c, params.classes, context).images);
  return c;
}

}  // namespace

extern const Manipulator filter_keep_by_class = define<Params>(
    {.name = "filter_keep_by_class",
     .doc = "Keeps the images that have at least one object of the given classes; all objects of these images stay.",
     .category = contract::ManipulatorCategory::Filter,
     .scopes = kBothScopes,
     .example = R"({"classes":["car","bus"]})"},
    keep);

}  // namespace visionops::pipeline
