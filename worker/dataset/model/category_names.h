// Categories of formats that name the class at each object and list them nowhere. PURE.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "worker/dataset/model/annotations.h"
#include "worker/dataset/model/loss_counter.h"

namespace visionops::annotations {

/// Not thread-safe. For annotations that begin with the same categories, one after another.
class CategoryNames {
 public:
  /// The index of the category of this name in `a`; it is made when it is new.
  std::uint32_t of(Annotations& a, std::string_view name);

 private:
  std::unordered_map<std::string, std::uint32_t> indexes_;
  std::size_t known_ = 0;  ///< so many categories are in `indexes_`
};

/// Brings the categories behind the first `listed` into the order of their names (bytewise), so that it does not depend
/// on which file came first; ids are counted from 1.
void sort_categories(Annotations& a, std::size_t listed = 0);

/// Counts as UnknownKeys the categories that a file names nowhere: none of the objects that are kept is of them, and
/// `is_listed` does not say so.
void count_lost_categories(const Annotations& a, const std::vector<bool>& kept,
                           const std::function<bool(const Category& category)>& is_listed, LossCounter& loss);

}  // namespace visionops::annotations
