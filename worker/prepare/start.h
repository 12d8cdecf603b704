// Where a framework's run starts: after its own newest checkpoint, from another run, or from nothing; or it had ended.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "worker/contract/run_result.h"
#include "worker/contract/run_spec.h"
#include "worker/prepare/surroundings.h"

namespace visionops::prepare {

/// The result of a run whose final checkpoint is in the store, with the bytes that its manifest tells; nullopt: it has
/// not ended. `surroundings.remark` is told of a final one that cannot be used.
Result<std::optional<contract::TrainFacts>> find_end(const contract::TrainRun& run, const contract::RunOwner& owner,
                                                     const Surroundings& surroundings);

struct Start {
  std::string checkpoint;  ///< absolute: a file, or the folder that a tar was unpacked to; empty: none
  std::int32_t epoch = 0;  ///< that it has behind it
  std::optional<contract::StoredCheckpoint> best;  ///< of this run until now
  std::map<std::string, double> best_metrics;
  bool weights_only = false;  ///< of another run that had ended: only the weights count
};

/// By the rules of the built-in trainer (worker/train/engine/checkpoints/resume.h): own checkpoints that a run can go
/// on from, newest first, a damaged one named and left aside; only without one what resumeFrom names. The chosen one is
/// copied to `folder`. A framework that cannot go on (`goes_on` false) has no use for its own. An unreachable store is
/// an error, never a start from nothing. Errors name the field.
Result<Start> find_start(const contract::TrainRun& run, const contract::RunOwner& owner,
                         const std::filesystem::path& folder, bool goes_on, const Surroundings& surroundings);

}  // namespace visionops::prepare
