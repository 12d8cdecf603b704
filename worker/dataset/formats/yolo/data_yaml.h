// data.yaml of a YOLO dataset: class names and where the images of each split are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/vocabulary.h"
#include "worker/dataset/folder/splits.h"
#include "worker/dataset/formats/yolo/pose_keys.h"

namespace visionops::dataset_folder {

struct DataYaml {
  std::vector<std::string> names = {};  ///< by class index
  SplitPlaces places = {};
  std::optional<PoseKeys> pose = {};                                ///< there is a kpt_shape
  annotations::LongRows long_rows = annotations::LongRows::Unsaid;  ///< `task`, which Ultralytics knows elsewhere only
};

/// `names` may be a list or a mapping (sorted by its integer keys, which must be 0, 1, 2, ...); `nc`, when given, must
/// agree. A name may be "", but not null. UTF-16 is read; what is neither UTF-8 nor UTF-16 cannot be told apart and is
/// Invalid. Invalid names the key.
Result<DataYaml> read_data_yaml(const std::string& text);

/// The lines `nc` and `names`, a mapping of quoted texts.
std::string write_class_names(const std::vector<std::string>& names);

/// The platform's form: the key of the split (`train` when there is none) with `images`, `nc`, and `names` as a
/// mapping. No `path`: Ultralytics takes a relative one from the folder that it was started in, and without one the
/// folder of the file (ultralytics/data/utils.py check_det_dataset). No other split: this dataset is not its own
/// validation set. Every YAML reader finds the names as they are: they are quoted, with all that is not printable
/// escaped. With polygons `task: segment`, so that this reader takes no row for anything else.
std::string write_data_yaml(const std::vector<std::string>& names, Split split,
                            annotations::YoloRows rows = annotations::YoloRows::Boxes);

}  // namespace visionops::dataset_folder
