// The digest of a dataset: "sha256:" + SHA-256 over the lines "<path>\t<size>\t<sha256>\n" of its data
// files, sorted bytewise by path. Paths are relative to the dataset folder; they hold no control
// characters (base/relative_path.h), so lines cannot be forged. manifest.json and the platform's folder
// are not part of it. Computed by inspect from the files, by publish from what it wrote; both must agree.
//
// The fingerprint tells without reading them whether files are still those of a digest: "listing:" + SHA-256
// over the lines "<path>\t<size>\t<mtime in ns>\n" of the same files. It does not see a change that keeps
// size and time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

struct DataFile {
  std::string path;  ///< inside the dataset folder
  std::int64_t size = 0;
  std::string sha256;         ///< 64 hex digits
  std::int64_t mtime_ns = 0;  ///< as it was listed; no part of the digest
};

/// Order of `files` does not matter.
std::string dataset_digest(std::vector<DataFile> files);

/// Of files in bytewise order of their paths.
std::string listing_fingerprint(const std::vector<storage::FileInfo>& files);

struct DigestedFolder {
  std::string digest;
  std::vector<DataFile> files;  ///< sorted by path
  std::int64_t size_bytes = 0;
};

/// Hashes these files of `folder` on `threads` threads (0: all cores); those that stand in `known` (paths inside the
/// dataset folder) were hashed before and are not read again. The first error in order of paths is returned.
Result<DigestedFolder> digest_files(storage::StorageClient& store, const std::string& folder,
                                    const std::vector<storage::FileInfo>& files, unsigned threads = 0,
                                    const std::vector<DataFile>& known = {});
}  // namespace visionops::dataset_folder
