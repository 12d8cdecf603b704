// visionops-exec: starts a training framework as it is, and tells the platform how it goes. Input is the run spec in
// $VISIONOPS_RUN and prepared.json; output are files in the Pod's folder, the trainer's own words, the result as
// termination message and the exit code.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "worker/contract/exit_code.h"
#include "worker/contract/pod_folders.h"
#include "worker/contract/run_spec.h"
#include "worker/contract/run_variables.h"
#include "worker/exec/by_hand.h"
#include "worker/exec/framework_job.h"
#include "worker/exec/process/left_processes.h"
#include "worker/exec/process/out_of_memory.h"
#include "worker/exec/run_environment.h"

namespace {

using namespace visionops;
using contract::ExitCode;

constexpr const char* kUsage =
    "visionops-exec: starts a training framework and tells the platform how it goes\n"
    "\n"
    "  visionops-exec                 the run in $VISIONOPS_RUN (train.framework), prepared by visionops-worker "
    "prepare\n"
    "  visionops-exec -- CMD ARGS...  stands by a command by hand: its output, its signals, its exit code\n"
    "  visionops-exec --install DIR   copies itself into DIR, for an image that does not have it\n"
    "  visionops-exec --version | --help\n"
    "\n"
    "  VISIONOPS_POD_DIR          folder for the job, its log, checkpoints and telemetry (default /visionops)\n"
    "  VISIONOPS_ANSWERS_DIR      folder in which a sidecar confirms checkpoints (default /visionops-answers)\n"
    "  VISIONOPS_TERMINATION_LOG  file for the result (default /dev/termination-log)\n"
    "  VISIONOPS_SILENCE_SECONDS  no word, metric or checkpoint for so long: every thread's stack is asked for, and\n"
    "                             the trainer is ended (default: never)\n"
    "  VISIONOPS_GRACE_SECONDS    from SIGTERM, which is passed on, to SIGKILL (default 20)\n"
    "\n"
    "Ends with the trainer's exit code, 128 + the signal that ended it, or the code of the failure where the trainer\n"
    "says 0 and is not finished (7: the loss is not a number, 143: stopped by SIGTERM).\n";

int refuse(const std::string& message) {
  std::fprintf(stderr, "visionops-exec: %s\n", message.c_str());
  return static_cast<int>(ExitCode::InvalidInput);
}

exec::Outcome run_in_pod(const exec::Watch& bounds, const exec::Signals& signals) {
  Problems problems;
  const auto spec = contract::decode_run_spec(
      contract::run_text([](const char* name) -> const char* { return std::getenv(name); }), problems);
  if (!problems.empty()) return exec::failed(invalid_error(describe(problems)), contract::kRunEnv);
  if (!spec.train || !spec.train->framework) {
    return exec::failed(invalid_error("train.framework: is required"), contract::kRunEnv);
  }
  const SystemClock clock;
  exec::JobPlace place{exec::variable_or(contract::kPodDirEnv, contract::kPodDir),
                       exec::variable_or(contract::kAnswersDirEnv, contract::kAnswersDir), environ, bounds};
  auto outcome = exec::run_framework(spec, place, signals, clock);
  outcome.result.identity = spec.owner.identity;
  return outcome;
}

int run(const exec::Watch& bounds, const exec::Signals& signals) {
  exec::reserve_termination_log();
  exec::Outcome outcome;
  try {
    outcome = run_in_pod(bounds, signals);
  } catch (const std::exception& e) {  // std::bad_alloc and what a library did not document
    outcome = exec::failed(internal_error(e.what()));
  }
  if (const auto& error = outcome.result.error) {
    std::fprintf(stderr, "visionops-exec: %s: %s%s%s\n", error->failure_class.c_str(), error->message.c_str(),
                 error->hint.empty() ? "" : "\nvisionops-exec: ", error->hint.c_str());
  }
  exec::write_termination_log(outcome.result);
  return outcome.status;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const std::string first = words.empty() ? "" : words.front();
  if (words.size() == 1 && (first == "--help" || first == "-h")) return std::fputs(kUsage, stdout) < 0 ? 1 : 0;
  if (words.size() == 1 && first == "--version") return std::puts("visionops-exec " VISIONOPS_VERSION) < 0 ? 1 : 0;
  if (words.size() == 2 && first == "--install") {
    const auto installed = exec::install_into(words[1]);
    return installed ? 0 : refuse(installed.error().message);
  }
  if (!words.empty() && (first != "--" || words.size() < 2))
    return refuse("unknown arguments\n\n" + std::string(kUsage));
  const auto bounds = exec::read_bounds();
  if (!bounds) return refuse(bounds.error().message);
  const exec::Signals signals;
  exec::adopt_orphans();
  exec::spare_us_when_memory_runs_out();
  if (words.empty()) return run(*bounds, signals);
  const SystemClock clock;
  return exec::stand_by_command({words.begin() + 1, words.end()}, exec::variable_or(contract::kPodDirEnv, ""), *bounds,
                                signals, clock);
}
