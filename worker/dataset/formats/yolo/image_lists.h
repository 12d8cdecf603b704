// The .txt lists of images that a data.yaml may name in the place of folders (Darknet, CVAT).
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "worker/dataset/folder/layout.h"
#include "worker/dataset/folder/parts.h"
#include "worker/dataset/folder/splits.h"

namespace visionops::dataset_folder {

/// The parts that lists of this folder make; none when data.yaml names no list that is here. An entry is found by its
/// longest tail that is an image of the folder ("data/images/a.jpg" is images/a.jpg). Images of the folder that stand
/// in no list are a part of no split. Errors of the store.
Result<FolderParts> listed_parts(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                                 const SplitPlaces& given);

}  // namespace visionops::dataset_folder
