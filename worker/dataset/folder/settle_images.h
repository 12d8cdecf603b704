// The last steps of readers whose annotation files name images: what the files themselves do not say.
#pragma once

#include <string>

#include "worker/dataset/folder/layout.h"
#include "worker/dataset/folder/loaded_dataset.h"

namespace visionops::dataset_folder {

/// `file` becomes that of the last image of `loaded`; nullptr: it should be at `expected`, a MissingImage finding at
/// `where` of `named_in`. image_bytes grows with it.
void place_image(LoadedDataset& loaded, const storage::FileInfo* file, const std::string& expected,
                 const std::string& named_in, const std::string& where, annotations::Findings& findings);

/// Leaves out images whose path no annotation file could name (UnsafePath) with their objects (ObjectWithoutImage),
/// reads the sizes that are not given from the headers (DamagedImage when that fails), and then looks at the boxes of
/// those images (check_box). Errors: those of the store that pass.
Status settle_images(storage::StorageClient& store, const std::string& folder, LoadedDataset& loaded,
                     annotations::Findings& findings, unsigned threads);

}  // namespace visionops::dataset_folder
