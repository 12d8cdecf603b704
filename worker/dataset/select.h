// The files of the dataset that is meant, out of a folder that may hold several.
#pragma once

#include <string>

#include "base/result.h"
#include "worker/contract/format.h"
#include "worker/dataset/folder/choice.h"
#include "worker/dataset/folder/layout.h"
#include "worker/dataset/folder/parts.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

struct SelectedDataset {
  Format format = Format::None;
  FolderListing listing;  ///< of that dataset alone; reads heads from the store, which has to outlive it
};

/// Format None: the one that is most certain of the layout (Recognition); several that are equally certain are Invalid:
/// somebody has to say.
/// Errors without the folder's name: NotFound when the folder, the chosen file or folder, or a known layout is missing;
/// Invalid for a choice that cannot be made (parts.h), and for a format that is not read.
Result<SelectedDataset> select_dataset(storage::StorageClient& store, const std::string& folder, Format format,
                                       const Choice& choice);

/// The datasets of a folder with the format that they have. Errors as select_dataset.
struct FolderContents {
  Format format = Format::None;
  FolderParts parts;
};
Result<FolderContents> contents_of(storage::StorageClient& store, const std::string& folder, Format format,
                                   const Choice& choice = {});

/// An error with the name of the folder that it is about.
Error in_folder(const Error& error, const std::string& folder);

}  // namespace visionops::dataset_folder
