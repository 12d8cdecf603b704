// How a resource names a Dataset that it reads.
#include "base/fields/field_table.h"
#include "operator/api/patterns.h"
#include "operator/api/pipeline.h"

namespace visionops::api {

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
          .rule("has(self.name) != has(self.group)",
                "needs exactly one of name (this Dataset) or group (the newest Ready version of it)",
                [](const DatasetReference& r) { return r.name.empty() != r.group.empty(); })
          .rule("!has(self.group) || has(self.split)", "group needs split: versions are counted per group and split",
                [](const DatasetReference& r) { return r.group.empty() || r.split.has_value(); })
          .rule("has(self.group) || (!has(self.split) && !has(self.version))",
                "split and version go with group; a name alone already says which Dataset",
                [](const DatasetReference& r) { return !r.group.empty() || (!r.split && r.version.empty()); });
  return table;
}

}  // namespace visionops::api
