// The formats that load_dataset reads; internal to it.
#pragma once

#include <string>

#include "worker/dataset/folder/layout.h"
#include "worker/dataset/load.h"

namespace visionops::dataset_folder {

Result<LoadedDataset> load_coco(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                                annotations::Findings& findings, unsigned threads);
Result<LoadedDataset> load_yolo(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                                annotations::Findings& findings, unsigned threads);
Result<LoadedDataset> load_visdrone(storage::StorageClient& store, const std::string& folder,
                                    const FolderListing& listing, annotations::Findings& findings, unsigned threads);

}  // namespace visionops::dataset_folder
