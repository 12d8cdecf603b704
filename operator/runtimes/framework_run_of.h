// What a framework is told for one run, out of its runtime file. PURE.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "operator/runtimes/runtime.h"
#include "worker/contract/framework_run.h"

namespace visionops::runtimes {

/// What a TrainingJob asks of its runtime.
struct FrameworkWish {
  std::string model;
  Task task = Task::Detection;
  /// By the names of a TrainingJob ("batchSize"): what is set. The defaults of the file are put below it.
  std::map<std::string, std::string> hyperparameters;
  std::map<std::string, std::string> extra;  ///< hyperparameters.extra, each value as text
  std::int32_t gpus = 0;                     ///< per node; 0 trains on the CPU
  std::int32_t nodes = 1;
  std::vector<std::string> command;  ///< instead of the runtime's; with own_command there is no other
};

/// The default hyperparameters of a run as numbers in text, by the names of a TrainingJob: those of the file, and the
/// size of pictures that the model is made for.
std::map<std::string, std::string> default_hyperparameters(const Runtime& runtime, const Model* model);

/// Precondition: runtime.is_framework(), and extra_problem() has nothing against the extra settings. Left to the
/// caller: allow_loss, weights, and variables of the user.
contract::FrameworkRun framework_run_of(const Runtime& runtime, const FrameworkWish& wish);

/// Why a setting of hyperparameters.extra cannot be given: the runtime takes none, the name is not letters, digits,
/// '_',
/// '-' and '.', or the command says it already. Empty: it can.
std::string extra_problem(const Runtime& runtime, const std::string& name);

}  // namespace visionops::runtimes
