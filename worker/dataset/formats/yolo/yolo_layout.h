// A dataset of YOLO rows, whatever names its classes: data.yaml, obj.data with obj.names, classes.txt.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "worker/dataset/folder/format_reader.h"
#include "worker/dataset/formats/yolo/data_yaml.h"

namespace visionops::dataset_folder {

struct YoloLayout {
  Format format = Format::None;
  DataYaml yaml = {};                   ///< or what stands for it
  std::vector<std::string> files = {};  ///< that say so, the one with the names first
};

/// Whether `path` is a list of class names that label tools leave beside their labels.
bool is_class_list(std::string_view path);

/// The rows of all images, see FormatReader::load.
Result<LoadedDataset> load_yolo_layout(storage::StorageClient& store, const std::string& folder,
                                       const FolderListing& listing, const YoloLayout& layout,
                                       annotations::Findings& findings, unsigned threads);

}  // namespace visionops::dataset_folder
