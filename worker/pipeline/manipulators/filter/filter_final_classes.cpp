// Leaves only the objects of the given classes; images stay, also without any object.
#include <algorithm>
#include <map>
#include <string_view>

#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

struct Params {
  std::vector<std::string> classes;

  static const Table<Params>& fields() {
    static const Table<Params> table{
        class_list("classes", &Params::classes,
                   "The classes of the result, in the order of their YOLO index; one that has no object stays "
                   "as an empty class, so that all splits agree.")
            .required(),
    };
    return table;
  }
};

std::int64_t next_category_id(const annotations::Annotations& a) {
  std::int64_t highest = 0;
  for (const auto& category : a.categories) highest = std::max(highest, category.id);
  return highest + 1;
}

Result<Collection> keep_classes(Collection c, const Params& params, StepContext& context) {
  const auto wanted = categories_or_note(c, params.classes, context);
  std::vector<bool> keep;
  keep.reserve(c.annotations.objects.size());
  for (const auto& object : c.annotations.objects) keep.push_back(wanted[object.category]);
  retain_objects(c, keep);

  auto next_id = next_category_id(c.annotations);
  std::vector<annotations::Category> ordered;
  std::vector<std::uint32_t> renumbered(c.annotations.categories.size(), 0);
  std::map<std::string_view, std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < renumbered.size(); ++i) places[c.annotations.categories[i].name].push_back(i);
  for (const auto& name : params.classes) {
    const auto index = static_cast<std::uint32_t>(ordered.size());
    if (const auto found = places.find(name); found != places.end()) {
      ordered.push_back(c.annotations.categories[found->second.front()]);
      for (const auto i : found->second) renumbered[i] = index;
      continue;
    }
    // An empty class keeps the class indexes of splits and versions equal.
    auto& empty = ordered.emplace_back();
    empty.id = next_id++;
    empty.name = name;
  }
  replace_categories(c, std::move(ordered), renumbered);
  return c;
}

void check(const Params& params, const std::string& path, Problems& problems) {
  auto sorted = params.classes;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) problems.push_back({path + ".classes", "names \"" + *twice + "\" twice"});
}

}  // namespace

extern const Manipulator filter_final_classes = define<Params>(
    {.name = "filter_final_classes",
     .doc = "Removes the objects of all other classes; every image stays, also when no object is left in it.",
     .category = contract::ManipulatorCategory::Filter,
     .scopes = kPostMerge,
     .example = R"({"classes":["vehicle","person"]})"},
    keep_classes, nullptr, check);

}  // namespace visionops::pipeline
