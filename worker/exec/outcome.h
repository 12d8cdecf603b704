// What a run that ended becomes for the operator: a result and an exit code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "worker/contract/exit_code.h"
#include "worker/contract/run_result.h"
#include "worker/contract/run_spec.h"
#include "worker/exec/follow/epoch_metrics.h"
#include "worker/exec/process/supervisor.h"
#include "worker/framework/run_reader.h"

namespace visionops::exec {

struct Outcome {
  int status = 0;  ///< that we end with
  contract::RunResult result;
};

framework::ExitFacts facts_of(const Ending& ending);

/// Before there was a process, or of our own doing.
Outcome failed(contract::FailureClass failure, const std::string& message, const std::string& field = {});
Outcome failed(const Error& error, const std::string& field = {});
/// The process ended, and not as it should: its own exit code where it has one that does not say something else, else
/// that of the class. A class that the operator frees of counting (Terminated) has its own code.
Outcome failed(const framework::Verdict& verdict, const Ending& ending);

/// 0 where its command is not told how many: then only its own words tell.
std::int32_t epochs_wanted(const contract::TrainRun& run);

/// What a finished run reports. `model` and `last` as they were confirmed, `metrics` of the model's epoch.
struct Finished {
  contract::StoredCheckpoint model;
  contract::StoredCheckpoint last;
  std::int32_t epochs_done = 0;
  std::int32_t resumed_from_epoch = 0;
};
contract::TrainFacts facts_of(const Finished& finished, const contract::TrainRun& run, Metrics metrics);

}  // namespace visionops::exec
