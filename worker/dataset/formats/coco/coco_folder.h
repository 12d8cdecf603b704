// Where a COCO dataset has its files. PURE.
//   annotation.json                                   (platform)
//   annotations/*.json with images/, <split>/ or images/<split>/   (cocodataset.org)
//   _annotations.coco.json or one other *.json beside the images   (Roboflow and others)
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "worker/dataset/folder/format_reader.h"

namespace visionops::dataset_folder {

/// The COCO file of the folder. NotFound when there is none, Invalid when several could be meant.
Result<std::string> find_coco_file(const FolderListing& listing);

/// Another *.json than those of the names above may be anything.
Recognition recognise_coco(const FolderListing& listing);

/// Folders ("images/", "", "train2017/", ...) in which the images of a COCO file may stand, most likely first.
std::vector<std::string> coco_image_roots(const FolderListing& listing, const std::string& annotation_file);

/// FormatReader::load.
Result<LoadedDataset> load_coco(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                                annotations::Findings& findings, unsigned threads);

}  // namespace visionops::dataset_folder
