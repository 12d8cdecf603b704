// Reading many small annotation files of one folder.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "worker/dataset/folder/layout.h"
#include "worker/dataset/model/annotations.h"

namespace visionops::dataset_folder {

/// Hands the text of each file to `take`, in their order, on this thread; they are read on `threads` (0: all cores), as
/// many at a time as kMaxLabelBytesAtOnce allows. One that is larger than kMaxLabelBytes, or cannot be read and will
/// not be readable later, is an UnreadLabelFile finding.
Status for_each_text(storage::StorageClient& store, const std::string& folder,
                     const std::vector<const storage::FileInfo*>& files, unsigned threads,
                     annotations::Findings& findings,
                     const std::function<void(const storage::FileInfo& file, const std::string& text)>& take);

}  // namespace visionops::dataset_folder
