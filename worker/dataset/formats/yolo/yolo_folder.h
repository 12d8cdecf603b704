// Where a YOLO dataset has its files.
//   data.yaml, images/**, labels/**                    (platform, Ultralytics)
//   data.yaml, <split>/images/**, <split>/labels/**    (Roboflow)
//   images with their .txt beside them                 (Darknet)
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "worker/dataset/folder/format_reader.h"

namespace visionops::dataset_folder {

/// The YAML file of a YOLO dataset; NotFound when there is none, Invalid when several could be meant.
Result<std::string> find_data_yaml(const FolderListing& listing);

/// Another *.yaml than one called data.yaml or the like may be anything.
Recognition recognise_yolo(const FolderListing& listing);

/// Labels, the labels that stand beside their images, and the YAML files of the root.
OwnsFile yolo_files(const FolderListing& listing);

bool is_yaml(std::string_view path);

/// FormatReader::parts: by the lists that data.yaml names, else by its folders, else by their names.
Result<FolderParts> yolo_parts(storage::StorageClient& store, const std::string& folder, const FolderListing& listing);

/// Labels, and the text files that stand beside images and are called as they are.
OwnsFile yolo_label_files(const FolderListing& listing);

/// FormatReader::load.
Result<LoadedDataset> load_yolo(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                                annotations::Findings& findings, unsigned threads);

}  // namespace visionops::dataset_folder
