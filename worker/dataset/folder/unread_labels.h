// Files that hold annotations by what stands in them and that a reader did not read: each is named, so that none
// disappears because its name or folder was not the expected one.
#pragma once

#include <functional>
#include <string_view>

#include "worker/dataset/folder/layout.h"
#include "worker/dataset/model/annotations.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

/// Whether the first bytes of a .txt, .csv, .xml or .json file (no README, no licence) look like annotations: a row
/// with at least four numbers, <annotation>, or one of the keys that COCO, LabelMe and their like use. UTF-16 is seen
/// through. PURE.
bool looks_like_annotations(std::string_view path, std::string_view first_bytes);

/// UnreadLabelFile for each such file that `was_read` does not claim; LinkedImage or LinkedLabelFile for each link,
/// which nobody follows. The platform's own files are passed over.
void report_unread_files(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                         const std::function<bool(std::string_view path)>& was_read, unsigned threads,
                         annotations::Findings& findings);

}  // namespace visionops::dataset_folder
