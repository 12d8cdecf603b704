// The checkpoints of a run in its store, by their manifests: worker/sidecar writes both, whoever goes on from one reads
// them here.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/contract/run_identity.h"
#include "worker/contract/run_result.h"
#include "worker/contract/run_spec.h"
#include "worker/storage/storage_client.h"

namespace visionops::checkpoints {

/// A checkpoint in the store, by its manifest (which is written last: without it there is none).
struct StoredManifest {
  contract::StoredCheckpoint checkpoint;  ///< with its path in the store
  contract::MadeBy made_by;               ///< whose it is
  std::map<std::string, double> metrics;  ///< of its epoch
  bool best = false;
  bool final = false;     ///< its run was finished with it
  bool resumable = true;  ///< false: the model alone (contract/checkpoint_name.h)
};

/// <store>/<path>/epoch-*.json, newest first and of one epoch those first that a run can go on from; malformed
/// manifests are left out. An empty list when the folder is not there; Retry when the store fails.
Result<std::vector<StoredManifest>> list_stored(storage::StorageClient& store, const std::string& path);

/// Told of something for people.
using Remark = std::function<void(const std::string&)>;
/// "The checkpoint NAME cannot be used: WHY"
std::string cannot_use(const std::string& name, const std::string& why);

/// What this very run has stored; `foreign`, which may be empty, is told of everything else in its folder, and why.
/// Empty for a run without a folder.
Result<std::vector<StoredManifest>> own_checkpoints(storage::StorageClient& store, const contract::TrainRun& run,
                                                    const contract::RunOwner& owner, const Remark& foreign);

/// Another run's checkpoints, newest first.
struct OtherRun {
  std::vector<StoredManifest> manifests;  ///< not empty
  bool finished = false;                  ///< then its best weights are a start, not its state
};

/// What resumeFrom names: by `resume_digest` if it is given, else by `resume_path`, a folder of a run or the one file
/// in it that is meant. NotFound says what was looked for where.
Result<OtherRun> find_other_run(storage::StorageClient& store, const contract::TrainRun& run);

/// nullptr for a run that has none.
Result<std::shared_ptr<storage::StorageClient>> open_checkpoint_store(const contract::TrainRun& run);

/// An error of this one file (damaged or gone): an older checkpoint may still do.
bool only_this_file(const Error& error);

}  // namespace visionops::checkpoints
