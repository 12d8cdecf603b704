// Renames classes; classes that get the same name become one.
#include <map>

#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

struct Params {
  std::map<std::string, std::string> mapping;

  static const Table<Params>& fields() {
    static const Table<Params> table{
        field(
            "mapping", &Params::mapping,
            "Old name: new name. All renames happen at once, so two classes can swap names; classes with the same new "
            "name become one, with the id of the first.")
            .required()
            .max_properties(10000)
            .items(256)
            .example("{bus: vehicle, car: vehicle}"),
    };
    return table;
  }
};

Result<Collection> rename(Collection c, const Params& params, StepContext& context) {
  std::vector<std::string> old_names;
  for (const auto& [from, to] : params.mapping) old_names.push_back(from);
  std::vector<std::string> unknown;
  (void)categories_named(c.annotations, old_names, unknown);
  note_unknown_classes(unknown, context);

  std::vector<annotations::Category> categories;
  std::vector<std::uint32_t> renumbered;
  std::map<std::string, std::uint32_t> merged;  // new name -> index
  for (const auto& category : c.annotations.categories) {
    const auto entry = params.mapping.find(category.name);
    const std::string& name = entry == params.mapping.end() ? category.name : entry->second;
    const auto [it, first] = merged.emplace(name, static_cast<std::uint32_t>(categories.size()));
    renumbered.push_back(it->second);
    if (!first) continue;
    categories.push_back(category);
    categories.back().name = name;
  }
  replace_categories(c, std::move(categories), renumbered);
  return c;
}

void check(const Params& params, const std::string& path, Problems& problems) {
  if (params.mapping.empty()) problems.push_back({path + ".mapping", "must name at least one class"});
  for (const auto& [from, to] : params.mapping) {
    if (to.empty()) problems.push_back({path + ".mapping." + from, "the new name must not be empty"});
    if (from.size() > 256 || to.size() > 256)
      problems.push_back({path + ".mapping", "class names have at most 256 bytes"});
  }
}

}  // namespace

extern const Manipulator remap_class_name =
    define<Params>({.name = "remap_class_name",
                    .doc = "Renames classes and joins those that get the same name.",
                    .category = contract::ManipulatorCategory::Remap,
                    .scopes = kBothScopes,
                    .example = R"({"mapping":{"bus":"vehicle","car":"vehicle"}})"},
                   rename, nullptr, check);

}  // namespace visionops::pipeline
