// Removing a dataset version without touching anything that is not part of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/vocabulary.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

struct RemovedDataset {
  std::int64_t files = 0;
  std::vector<std::string> left;  ///< files that are no part of a dataset, inside the folder
};

/// Removes manifest.json first (from then on the version does not exist), then the files it lists, data files of the
/// layout (digest.h), eda.json and the work folder of an unfinished run, then folders that are empty. Other files stay,
/// with their folders. A folder that is gone already is fine; "" (the whole store) is Invalid.
Result<RemovedDataset> remove_dataset(storage::StorageClient& store, const std::string& folder, Format format);

}  // namespace visionops::dataset_folder
