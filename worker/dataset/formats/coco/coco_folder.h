// Where a COCO dataset has its files.
//   annotation.json                                   (platform)
//   annotations/*.json with images/, <split>/ or images/<split>/   (cocodataset.org, Datumaro)
//   _annotations.coco.json or one other *.json beside the images   (Roboflow and others)
//   <split>/_annotations.coco.json, <split>/*.json    (Roboflow and others)
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "worker/dataset/folder/format_reader.h"

namespace visionops::dataset_folder {

/// Whether a JSON file that begins so may have COCO's sections; what is too long to tell may. PURE.
bool looks_like_coco(std::string_view head);

/// The files that may be a dataset each, by the first of the layouts above that has any.
std::vector<std::string> coco_files(const FolderListing& listing);

/// The COCO file of the folder: the chosen one, else the only one. NotFound when there is none, Invalid when several
/// could be meant.
Result<std::string> find_coco_file(const FolderListing& listing);

/// Named when a file has a name that COCO gives it, or when every one of several is called after a split.
Recognition recognise_coco(const FolderListing& listing);

/// FormatReader::parts: one for each file, its split as its folders and its name say. Nothing when no file, or several
/// that are not told apart by that, could be meant.
Result<FolderParts> coco_parts(storage::StorageClient& store, const std::string& folder, const FolderListing& listing);

/// Folders ("images/", "", "train2017/", ...) in which the images of a COCO file may stand, most likely first; only the
/// chosen one where somebody chose.
std::vector<std::string> coco_image_roots(const FolderListing& listing, const std::string& annotation_file);

/// FormatReader::load.
Result<LoadedDataset> load_coco(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                                annotations::Findings& findings, unsigned threads);

}  // namespace visionops::dataset_folder
