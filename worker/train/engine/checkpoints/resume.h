// Where a run starts: at its own newest checkpoint, at another run's weights, or at nothing.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "worker/checkpoints/stored_checkpoints.h"
#include "worker/contract/run_spec.h"
#include "worker/train/engine/checkpoints/checkpoint_folder.h"
#include "worker/train/engine/checkpoints/checkpoint_note.h"
#include "worker/train/engine/network/trained_network.h"

namespace visionops::train {

/// The run that asks.
struct ThisRun {
  const contract::TrainRun& spec;
  const contract::RunOwner& owner;
  const std::string& design;  ///< of its network (Lesson::design)
  std::int64_t steps_per_epoch = 0;
};

struct StartingPoint {
  TrainProgress progress;
  bool finished = false;  ///< the run had ended (last epoch or early stopping); only its result is missing
};

using checkpoints::Remark;

/// Brings the network to the starting point. Own checkpoints (of this Pod, then of the checkpoint folder in
/// the store) are tried newest first; a damaged one is named and left aside, and so is one of another run
/// (worker/contract/run_identity.h) or of other data or settings (made_of.h), wherever it lies. Only when there is
/// none, `resume_path` counts: an unfinished run of an equal network is continued, of any other run the best weights
/// are taken. An unreachable store is an error, never a start from nothing.
Result<StartingPoint> find_start(const ThisRun& run, PodCheckpoints& pod, TrainedNetwork& network,
                                 const Remark& remark);

/// The bytes of an epoch's checkpoint of this run, from the Pod or verified from the store.
Result<std::string> read_checkpoint(const ThisRun& run, PodCheckpoints& pod, std::int32_t epoch);

/// What the store has of an epoch of this run, by its manifest.
std::optional<contract::StoredCheckpoint> find_stored(const ThisRun& run, std::int32_t epoch);

}  // namespace visionops::train
