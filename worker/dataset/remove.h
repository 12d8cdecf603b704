// Removal of a Dataset's files: those that its own inspection listed, and none besides.
#pragma once

#include "base/result.h"
#include "worker/contract/run_result.h"
#include "worker/contract/run_spec.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

/// Whose files they are is told by the Dataset's own list (file_list.h), or, where there is none, by a manifest.json
/// with the Dataset's digest; without either nothing is removed, and `refused` says why. Of the listed files those stay
/// that lie in a folder of `run.keep`, that have other bytes than listed, or that are strays. Then go: manifest.json
/// when its digest is the Dataset's, folders that have become empty, and last the platform's own folder of the
/// Dataset, so that a removal that was killed goes on. Links are never followed and never removed.
/// A folder that is gone already is fine; Invalid for a path that leaves the store.
Result<contract::RemovalFacts> remove_dataset(storage::StorageClient& store, const contract::DeleteRun& run);

}  // namespace visionops::dataset_folder
