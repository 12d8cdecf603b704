// Sizes that annotations give against those of the image files: docs/decisions/0024-what-coco-readers-repair.md.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/dataset/folder/loaded_dataset.h"
#include "worker/dataset/images/image_header.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

/// The headers of all image files, read on `threads` threads (0: all cores). Files
/// whose header cannot be read are left to the step that decodes them.
std::vector<HeaderOf> read_headers(storage::StorageClient& store, const std::string& folder,
                                   const LoadedDataset& loaded, unsigned threads);

/// Names orientations (ExifOrientation), files of several pictures (SeveralPictures) and sizes that are not those of
/// the files (WrongImageSize). The size of the file is taken where all boxes of the image stand in it and the sides are
/// exchanged, where they stand in it alone, and where there are no boxes. In a picture of the same shape the boxes stay
/// in the annotated size: it was scaled afterwards. In any other nobody can say where the boxes are: UncertainBoxes,
/// they stay as they are.
void settle_sizes(annotations::Annotations& a, const std::vector<HeaderOf>& headers, annotations::Findings& findings);

}  // namespace visionops::dataset_folder
