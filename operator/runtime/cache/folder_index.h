// Finds Datasets by where their files lie, without looking at all of them.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "operator/api/dataset.h"

namespace visionops::runtime {

/// Not thread-safe. Names that were added must stay where they are until they are removed.
class FolderIndex {
 public:
  using Name = std::pair<std::string, std::string>;  ///< namespace, name
  void add(const api::Dataset& dataset, const Name* name);
  void remove(const api::Dataset& dataset, const Name* name);
  /// Of every namespace, those on a store of that name whose folder is that of `dataset`, lies in it or holds it;
  /// `dataset` itself among them.
  [[nodiscard]] std::vector<const Name*> overlapping(const api::Dataset& dataset) const;

 private:
  std::multimap<std::string, const Name*> folders_;  ///< by store and path with a slash at the end
};

}  // namespace visionops::runtime
