// Are the files of a Dataset still those that it was Ready with? Before each use, and when somebody asks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/dataset/content_differences.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

struct ContentCheck {
  std::string fingerprint;  ///< of the files as they are now; empty: the location has no digest to compare with
  std::string changed;      ///< names the Dataset and the files that differ; empty: they are as they were
};

/// Lists the data files; only where their fingerprint is not the one of `location`, reads them on `threads` threads
/// (0: all cores) for their digest. A location without a digest of file contents (a conversion by hand) is as it was.
/// What it says holds for the moment of the listing; who reads for long asks again at its end, with
/// location.fingerprint set to the one found. Errors: NotFound when the folder is gone, or the store's own.
Result<ContentCheck> check_content(storage::StorageClient& store, const contract::DatasetLocation& location,
                                   unsigned threads = 0);

/// What the files are, whatever their times say.
struct Verification {
  std::string digest;
  std::int64_t files = 0;
  std::int64_t bytes = 0;
  bool same = false;  ///< they have the digest of the location
  /// Nothing when they are the same, or when the Dataset's own list of files cannot be read.
  std::optional<ContentDifferences> differences;
};

/// Reads every data file on `threads` threads (0: all cores). Errors: NotFound when the folder is gone, or the store's
/// own.
Result<Verification> verify_content(storage::StorageClient& store, const contract::DatasetLocation& location,
                                    unsigned threads = 0);

}  // namespace visionops::dataset_folder
