// The digest of a dataset: "sha256:" + SHA-256 over the lines "<path>\t<size>\t<sha256>\n" of its data
// files, sorted bytewise by path. Paths are relative to the dataset folder; they hold no control
// characters (base/relative_path.h), so lines cannot be forged. manifest.json and eda.json are not
// part of it. Computed by inspect from the files, by publish from what it wrote; both must agree.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/vocabulary.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

struct DataFile {
  std::string path;  ///< inside the dataset folder
  std::int64_t size = 0;
  std::string sha256;  ///< 64 hex digits
};

/// Order of `files` does not matter.
std::string dataset_digest(std::vector<DataFile> files);

struct DigestedFolder {
  std::string digest;
  std::vector<DataFile> files;  ///< sorted by path
  std::int64_t size_bytes = 0;
};

/// Reads and hashes the data files of a dataset on `threads` threads (0: all cores); files that stand in `known` (paths
/// inside the dataset folder) were hashed before and are not read again. The first error in order of paths is returned.
Result<DigestedFolder> digest_dataset(storage::StorageClient& store, const std::string& folder, Format format,
                                      unsigned threads = 0, const std::vector<DataFile>& known = {});

}  // namespace visionops::dataset_folder
