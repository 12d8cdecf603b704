// The .txt lists of images that a data.yaml may name in the place of folders (Darknet, CVAT).
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "worker/dataset/folder/layout.h"
#include "worker/dataset/folder/splits.h"

namespace visionops::dataset_folder {

/// The splits that lists of this folder make, with the number of images that each names; empty when data.yaml names no
/// list that is here. An entry is found by its longest tail that is an image of the folder ("data/images/a.jpg" is
/// images/a.jpg). Invalid when images of the folder stand in no list: to read them all would be to read more than the
/// split. Errors of the store.
Result<std::vector<FolderSplit>> listed_splits(storage::StorageClient& store, const std::string& folder,
                                               const FolderListing& listing, const SplitPlaces& given,
                                               const std::vector<std::string_view>& images);

}  // namespace visionops::dataset_folder
