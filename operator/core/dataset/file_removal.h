// Deletion of a Dataset: with deletionPolicy Delete a finalizer holds the resource until a Job has
// removed its files. Its own are those that its inspection listed and that lie in no other Dataset's
// folder; what is not certainly its own stays, and the event says so.
#pragma once

#include "operator/core/decision.h"
#include "operator/core/observed.h"

namespace visionops::core {

/// Adds or removes the finalizer as deletionPolicy says.
void keep_finalizer(const DatasetObserved& observed, DatasetDecision& decision);
/// Of a Dataset that is being deleted: removes the files, then lets go. Failures are tried again for
/// as long as the Dataset waits; whoever gives up sets deletionPolicy to Retain.
DatasetDecision remove_files(const DatasetObserved& observed);

}  // namespace visionops::core
