// Who owns an output folder: nobody, this plan, an unfinished other plan, or a finished version.
#pragma once

#include <string>
#include <variant>

#include "base/result.h"
#include "worker/dataset/folder/manifest.h"
#include "worker/pipeline/materialise/materialise.h"

namespace visionops::pipeline {

/// The version exists and was made by this very plan: nothing to do.
struct AlreadyPublished {
  dataset_folder::Manifest manifest;
};
/// The folder is ours now.
struct Claimed {
  bool resumed = false;  ///< files that stand in it were made by this plan
};
/// Another shard has to clear the folder of an unfinished other plan first.
struct WaitForFirstShard {};

using FolderClaim = std::variant<AlreadyPublished, Claimed, WaitForFirstShard>;

/// Takes the folder for the plan, or tells why not. Conflict when a version of another plan, or files
/// that no run of ours wrote, stand there. Files of an unfinished other plan are removed by shard 0.
Result<FolderClaim> claim_folder(const SourceFolder& output, const std::string& plan_digest, std::int32_t shard);

/// What stands in the unfinished folder was made from bytes that are of no content: the next claim, of this plan too,
/// clears it. A folder that no plan owns stays as it is.
Status disown_folder(const SourceFolder& output);

/// Removes .visionops; what is gone already is fine.
Status release_folder(const SourceFolder& output);

}  // namespace visionops::pipeline
