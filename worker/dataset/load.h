// A dataset folder in one of its usual layouts -> annotations with checked paths and known sizes.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "worker/contract/format.h"
#include "worker/dataset/folder/choice.h"
#include "worker/dataset/folder/loaded_dataset.h"
#include "worker/dataset/model/annotations.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

struct LoadOptions {
  /// Read every image to its end: DamagedImage for truncated ones and unreadable headers, and what check_sizes does.
  /// inspect does so; a conversion leaves it to the step that reads the image anyway.
  bool check_images = false;
  /// Hold the sizes that annotations give against the headers of the files: WrongImageSize, UncertainBoxes,
  /// ExifOrientation (image_sizes.h).
  bool check_sizes = false;
  unsigned threads = 0;  ///< 0: all cores
  Choice choice = {};    ///< of a folder that holds several datasets
};

/// `folder` is relative to the store ("" for its root). Findings name files inside the folder. Sizes that the
/// annotations do not give are read from the image headers; no image is decoded. Findings beside those of the
/// readers: MissingImage (kept), OrphanImage (COCO: a file without an entry; YOLO: background, no finding),
/// UnreadableImage (YOLO, VisDrone: left out with its rows, as its size cannot be read), UnsafePath (a file name of
/// ours that no annotation file could name), SharedLabelFile (a.jpg and a.png with one a.txt), LabelsWithoutImage,
/// UnreadImage (of a kind that is not read), UnreadLabelFile (it holds annotations and is not where the format has
/// them), LinkedImage and LinkedLabelFile (links are not followed). A folder of several splits without a choice is
/// Invalid (parts.h). Format None: as the layout says (select.h). Errors: NotFound when the folder or its annotation
/// file is missing, Invalid for what cannot be understood.
Result<LoadedDataset> load_dataset(storage::StorageClient& store, const std::string& folder, Format format,
                                   annotations::Findings& findings, const LoadOptions& options = {});

}  // namespace visionops::dataset_folder
