// visionops-train: the built-in trainer. Input is the run spec in $VISIONOPS_RUN; output are files in the
// Pod's folder, lines on stdout, the result as termination message and the exit code.
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "worker/contract/exit_code.h"
#include "worker/contract/pod_folders.h"
#include "worker/contract/run_result.h"
#include "worker/contract/run_spec.h"
#include "worker/contract/run_variables.h"
#include "worker/telemetry_writer/telemetry_writer.h"
#include "worker/train/engine/loop/process_setup.h"
#include "worker/train/engine/loop/secret_environment.h"
#include "worker/train/engine/loop/training_run.h"

namespace {

using namespace visionops;

constexpr const char* kUsage =
    "visionops-train: trains the TrainingJob described by the JSON in $VISIONOPS_RUN\n"
    "\n"
    "  VISIONOPS_RUN              {\"owner\": {...}, \"train\": {\"model\": \"centernet_nano\", ...}}\n"
    "  VISIONOPS_STORES           folder with one folder for each store (default /stores)\n"
    "  VISIONOPS_POD_DIR          folder for checkpoints and telemetry (default /visionops)\n"
    "  VISIONOPS_ANSWERS_DIR      folder in which a sidecar confirms checkpoints (default /visionops-answers)\n"
    "  VISIONOPS_TERMINATION_LOG  file for the result (default /dev/termination-log)\n"
    "\n"
    "Stops at the next step on SIGTERM, saves its state and exits with 143; the next start resumes.\n";

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "written by a signal handler");

extern "C" void on_signal(int) { stop_requested.store(true); }

std::string env_or(const char* name, const char* fallback) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread is started
  return value != nullptr && *value != '\0' ? value : fallback;
}

train::Outcome invalid(const std::string& message) {
  train::Outcome outcome{contract::ExitCode::InvalidInput, {}};
  outcome.result.error = contract::error_result(outcome.code, message, contract::kRunEnv);
  return outcome;
}

train::Outcome run(const std::string& pod_dir) {
  Problems problems;
  const auto spec =
      contract::decode_run_spec(contract::run_text([](const char* name) -> const char* { return std::getenv(name); }),
                                problems);  // NOLINT(concurrency-mt-unsafe): before any thread is started
  if (!problems.empty()) return invalid(std::string(contract::kRunEnv) + ": " + describe(problems));
  if (!spec.train) return invalid(std::string(contract::kRunEnv) + ": train: is required");
  const SystemClock clock;
  telemetry::TelemetryWriter telemetry(pod_dir, clock);
  const auto answers_dir = env_or(contract::kAnswersDirEnv, contract::kAnswersDir);
  train::TrainEnvironment environment{pod_dir, telemetry, std::cout, stop_requested, spec.owner, answers_dir};
  auto outcome = train::train(*spec.train, environment);
  outcome.result.identity = spec.owner.identity;
  return outcome;
}

void write_result(const contract::RunResult& result) {
  const auto path = env_or(contract::kTerminationLogEnv, "/dev/termination-log");
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << contract::encode(result);
  // By hand there is no such file to write, and the exit code tells the rest.
  if (!file.flush()) std::cerr << "visionops-train: the result was not written to " << path << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "--version") {
    std::cout << "visionops-train " VISIONOPS_VERSION "\n";
    return 0;
  }
  if (argc > 1) {
    const bool help = std::string_view(argv[1]) == "--help" || std::string_view(argv[1]) == "-h";
    (help ? std::cout : std::cerr) << kUsage;
    return help ? 0 : static_cast<int>(contract::ExitCode::InvalidInput);
  }
  train::set_up_training_process(argv);
  train::take_secrets(std::cerr);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGINT, on_signal);
  train::Outcome outcome;
  try {
    const auto pod_dir = env_or(contract::kPodDirEnv, contract::kPodDir);
    std::error_code ignored;  // what cannot be made is reported by the first write
    std::filesystem::create_directories(pod_dir, ignored);
    outcome = run(pod_dir);
  } catch (const std::exception& e) {  // std::bad_alloc and what a library did not document
    outcome.code = contract::ExitCode::Internal;
    outcome.result.error = contract::error_result(outcome.code, e.what());
  }
  if (outcome.result.error) std::cerr << "visionops-train: " << outcome.result.error->message << '\n';
  write_result(outcome.result);
  return static_cast<int>(outcome.code);
}
