// How a resource names a Dataset that it reads.
#include "operator/api/dataset_reference.h"

#include "base/field_table.h"
#include "operator/api/patterns.h"

namespace visionops::api {

namespace {

constexpr const char* kOneOf = "needs exactly one of name (this Dataset) or group (the newest Ready version of it)";
constexpr const char* kGroupNeedsSplit = "group needs split: versions are counted per group and split";
constexpr const char* kSplitNeedsGroup = "split and version go with group; a name alone already says which Dataset";

}  // namespace

const Table<DatasetReference>& DatasetReference::fields() {
  static const auto table =
      Table<DatasetReference>{
          field("name", &DatasetReference::name, "Name of a Dataset in the same namespace.")
              .min_length(1)
              .max_length(kMaxName)
              .pattern(kNamePattern, kNameWords)
              .example("street-train-v1.0.0"),
          field("group", &DatasetReference::group,
                "Group whose newest Ready version is taken; which one it was stands in status.resolved.")
              .min_length(1)
              .max_length(kMaxGroup)
              .pattern(kLabelPattern, kLabelWords)
              .example("street"),
          field("split", &DatasetReference::split, "Split of the group.").example("Train"),
          field("version", &DatasetReference::version, "Version of group and split.")
              .default_text("the newest that is Ready")
              .max_length(kMaxVersion)
              .pattern(kVersionPattern, kVersionWords)
              .example("v1.0.0"),
      }
          .rule("has(self.name) != has(self.group)", kOneOf)
          .rule("!has(self.group) || has(self.split)", kGroupNeedsSplit)
          .rule("has(self.group) || (!has(self.split) && !has(self.version))", kSplitNeedsGroup);
  return table;
}

void check_reference(const DatasetReference& reference, const std::string& path, Problems& problems) {
  if (reference.name.empty() == reference.group.empty()) {
    problems.push_back({path, kOneOf});
  } else if (!reference.group.empty() && !reference.split) {
    problems.push_back({path, kGroupNeedsSplit});
  } else if (reference.group.empty() && (reference.split || !reference.version.empty())) {
    problems.push_back({path, kSplitNeedsGroup});
  }
}

}  // namespace visionops::api
