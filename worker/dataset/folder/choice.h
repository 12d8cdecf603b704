// Which of the datasets of a folder is meant. A value.
#pragma once

#include <string>

#include "base/vocabulary.h"

namespace visionops::contract {
struct DatasetLocation;
}

namespace visionops::dataset_folder {

/// Nothing given: the only one that there is.
struct Choice {
  Split split = Split::None;
  std::string annotations = {};  ///< file inside the dataset folder
  std::string image_root = {};   ///< folder inside it, without a slash at its end
  bool operator==(const Choice&) const = default;
};

/// What the resource says.
Choice choice_of(const contract::DatasetLocation& location);

}  // namespace visionops::dataset_folder
