// Before each use of a Dataset: are its files still those that it was Ready with?
#pragma once

#include <string>

#include "base/result.h"
#include "worker/contract/run_spec.h"
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

}  // namespace visionops::dataset_folder
