// A checkpoint of the trainer as one whole file of ours.
#pragma once

#include <string>

#include "base/result.h"
#include "worker/exec/follow/checkpoint_watch.h"
#include "worker/exec/follow/job_folder.h"

namespace visionops::exec {

/// Copies into `folder` (shares the blocks where the file system can; never a link, since frameworks write in place),
/// a folder as a tar file. It appears whole or not at all and replaces an older one of that name. Conflict: the trainer
/// wrote meanwhile, nothing was made.
Status copy_checkpoint(const JobFolder& job, const WholeCheckpoint& checkpoint, int folder, const std::string& name);

}  // namespace visionops::exec
