// data.yaml of a YOLO dataset: class names and where the images of each split are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/vocabulary.h"
#include "worker/dataset/folder/splits.h"

namespace visionops::dataset_folder {

struct DataYaml {
  std::vector<std::string> names;  ///< by class index
  SplitPlaces places;
};

/// `names` may be a list or a mapping (sorted by its integer keys, which must be 0, 1, 2, ...); `nc`, when given, must
/// agree. Invalid names the key.
Result<DataYaml> read_data_yaml(const std::string& text);

/// The platform's form: the key of the split (`train` when there is none) with `images`, `nc`, and `names` as a
/// mapping. No `path`: Ultralytics takes a relative one from the folder that it was started in, and without one the
/// folder of the file (ultralytics/data/utils.py check_det_dataset). No other split: this dataset is not its own
/// validation set.
std::string write_data_yaml(const std::vector<std::string>& names, Split split);

}  // namespace visionops::dataset_folder
