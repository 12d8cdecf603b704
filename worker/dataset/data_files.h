// Which files of a folder are the dataset, and their digest.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "worker/contract/format.h"
#include "worker/dataset/folder/digest.h"
#include "worker/dataset/folder/layout.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

/// The files of the listing that are a dataset's data, in its order: images, and what the format calls its own
/// (FormatReader::owns_file). Of a format without a reader only the images.
std::vector<storage::FileInfo> data_files(const FolderListing& listing, Format format);

/// Those of the dataset that is meant, as they are now. Errors: those of select_dataset.
Result<std::vector<storage::FileInfo>> chosen_files(storage::StorageClient& store, const std::string& folder,
                                                    Format format, const Choice& choice);

/// The digest of all data files that are there now; `threads` 0: all cores. Errors: NotFound, or the store's own.
Result<DigestedFolder> digest_dataset(storage::StorageClient& store, const std::string& folder, Format format,
                                      unsigned threads = 0, const Choice& choice = {});

}  // namespace visionops::dataset_folder
