// Rules about one value that fields of several kinds share, with their CEL twins in patterns.h.
#pragma once

#include <string>

#include "base/fields/field_table.h"
#include "operator/api/patterns.h"

namespace visionops::api {

/// No ".", ".." or ".visionops" among the parts; kPathRule says the same.
bool stays_inside_store(const std::string& path);
/// A quantity above zero, or none; kPositiveQuantityRule says the same.
bool is_positive_quantity(const std::string& quantity);

/// A folder inside a store.
template <class T, std::string T::*Path>
Field<T> path_field(const char* name, const char* doc) {
  return field(name, Path, doc)
      .min_length(1)
      .max_length(kMaxPath)
      .pattern(kPathPattern, kPathWords)
      .rule(kPathRule, kPathRuleWords, [](const T& owner) { return stays_inside_store(owner.*Path); });
}

/// What the administrator says about Pods, by name. Runs are told apart by what they make, not by where.
template <class T>
Field<T> profile_field(const char* doc) {
  return field("profile", &T::profile, doc)
      .steering()
      .default_text("what the administrator says of all Pods")
      .min_length(1)
      .max_length(kMaxProfile)
      .pattern(kLabelPattern, kLabelWords)
      .example("mig-1g");
}

/// CPU or bytes as Kubernetes writes them.
template <class T, std::string T::*Quantity>
Field<T> quantity_field(const char* name, const char* doc) {
  return field(name, Quantity, doc)
      .max_length(32)
      .pattern(kQuantityPattern, kQuantityWords)
      .rule(kPositiveQuantityRule, kPositiveQuantityWords,
            [](const T& owner) { return is_positive_quantity(owner.*Quantity); });
}

}  // namespace visionops::api
