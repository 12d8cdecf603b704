// What images show of some classes: shared by the filters that keep or remove images by it.
#pragma once

#include <string>
#include <vector>

#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {

struct ShownClasses {
  std::vector<bool> categories;  ///< those that have one of the names
  std::vector<bool> images;      ///< those with an object of these categories
};

/// Names that no category has are noted.
inline ShownClasses shown_classes(const Collection& c, const std::vector<std::string>& names, StepContext& context) {
  ShownClasses out;
  out.categories = categories_or_note(c, names, context);
  out.images = images_with(c.annotations, out.categories);
  return out;
}

}  // namespace visionops::pipeline
