#include "worker/dataset/folder/choice.h"

#include "worker/contract/run_spec.h"

namespace visionops::dataset_folder {

Choice choice_of(const contract::DatasetLocation& location) {
  return {location.split, location.annotations, location.image_root};
}

}  // namespace visionops::dataset_folder
