// One list of classes for all Datasets of a training: what a number in a label file means is the same in each. PURE.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "worker/dataset/model/annotations.h"
#include "worker/pipeline/collection/collection.h"

namespace visionops::layout {

struct ClassList {
  std::vector<annotations::Category> categories;  ///< ids from 1; names differ
  std::size_t usable = 0;  ///< the first so many; what follows are classes that the layout has no place for

  [[nodiscard]] std::vector<std::string> names() const;  ///< of the usable ones
};

/// The classes of the sets by name: in the order of the first set, then what only later sets have. Equal names are one
/// class, as merge_datasets makes them.
ClassList unite_classes(const std::vector<const annotations::Annotations*>& sets);

/// Sorted bytewise, as programs sort that take the names of folders for the classes; those that `has_place` refuses go
/// to the end.
void sort_classes(ClassList& list, const std::function<bool(const std::string& name)>& has_place);

/// Puts the list in place of the classes of a collection, which must be one of those it was made of.
void take_classes(pipeline::Collection& collection, const ClassList& list);

/// Names of the usable classes that no object of `a` has, in order.
std::vector<std::string> classes_without_objects(const annotations::Annotations& a, const ClassList& list);

}  // namespace visionops::layout
