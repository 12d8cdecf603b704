// Paints over the objects of some classes, for example faces or number plates.
#include "worker/pipeline/manipulators/define.h"
#include "worker/pipeline/pixels/operations/fill_regions.h"

namespace visionops::pipeline {
namespace {

enum class Region { Box, Shape };
constexpr auto names_of(Region) {
  using enum Region;
  return std::to_array<Named<Region>>({{Box, "Box"}, {Shape, "Shape"}});
}

struct Params {
  std::vector<std::string> classes;
  Region region = Region::Box;
  std::vector<std::int32_t> colour{0, 0, 0};

  static const Table<Params>& fields() {
    static const Table<Params> table{
        class_list("classes", &Params::classes, "Objects of these classes are painted over.").required(),
        field("region", &Params::region, "What is painted: the box, or the polygons where an object has any."),
        field("colour", &Params::colour, "Red, green, blue.").min_items(3).max_items(3).example("[0, 0, 0]"),
    };
    return table;
  }
};

using annotations::Annotations;
using annotations::Object;
using annotations::Shape;

std::vector<double> box_corners(const Object& object) {
  const auto& [x, y, w, h] = object.box;
  return {x, y, x + w, y, x + w, y + h, x, y + h};
}

void add_regions(const Annotations& a, const Object& object, Region region, FillRegions& fill) {
  if (region == Region::Shape && object.shape_kind == Shape::Polygons) {
    for (const auto ring : a.ring_span(object.shape)) {
      const auto numbers = a.number_span(ring);
      fill.polygons.emplace_back(numbers.begin(), numbers.end());
    }
    return;
  }
  if (region == Region::Shape && object.shape_kind == Shape::OrientedBox) {
    const auto corners = a.number_span(object.shape);
    fill.polygons.emplace_back(corners.begin(), corners.end());
    return;
  }
  // A run-length mask is hidden with its box: rather too much than too little.
  if (object.has_box) fill.polygons.push_back(box_corners(object));
}

ImageOperations fill_regions(const ImageView& view, const Params& params) {
  std::vector<std::string> unknown;
  const auto masked = categories_named(view.annotations, params.classes, unknown);
  FillRegions fill;
  for (std::size_t i = 0; i < fill.rgb.size(); ++i) fill.rgb[i] = static_cast<std::uint8_t>(params.colour[i]);
  for (const auto index : view.objects) {
    const Object& object = view.annotations.objects[index];
    if (masked[object.category]) add_regions(view.annotations, object, params.region, fill);
  }
  if (fill.polygons.empty()) return {};
  return {fill};
}

Result<Collection> drop_masked_objects(Collection c, const Params& params, StepContext& context) {
  const auto masked = categories_or_note(c, params.classes, context);
  std::vector<bool> keep;
  keep.reserve(c.annotations.objects.size());
  for (const auto& object : c.annotations.objects) keep.push_back(!masked[object.category]);
  retain_objects(c, keep);
  remove_categories(c, masked);
  return c;
}

void check(const Params& params, const std::string& path, Problems& problems) {
  for (const auto channel : params.colour) {
    if (channel < 0 || channel > 255) problems.push_back({path + ".colour", "channels are between 0 and 255"});
  }
}

}  // namespace

extern const Manipulator mask_region_by_class = define<Params>(
    {.name = "mask_region_by_class",
     .doc = "Paints over the objects of the given classes and removes these objects and classes from the annotations.",
     .category = contract::ManipulatorCategory::Augment,
     .scopes = kPerSource,
     .tasks = {Task::Detection, Task::Segmentation},
     .status = contract::ManipulatorStatus::Experimental,
     .example = R"({"classes":["face"]})"},
    drop_masked_objects, fill_regions, check);

}  // namespace visionops::pipeline
