// One attempt of a framework's run, from its command to its result.
#pragma once

#include <filesystem>

#include "worker/contract/prepared_run.h"
#include "worker/contract/run_spec.h"
#include "worker/exec/outcome.h"
#include "worker/exec/process/supervisor.h"

namespace visionops::exec {

struct JobPlace {
  std::filesystem::path pod_dir;
  std::filesystem::path answers_dir;
  char** variables = nullptr;  ///< our own
  Watch bounds;
};

/// Total: every error is in the outcome. Starts threads; ends what it started.
Outcome run_framework(const contract::RunSpec& spec, const JobPlace& place, const Signals& signals, const Clock& clock);

}  // namespace visionops::exec
