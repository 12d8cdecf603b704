// visionops-worker prepare: the init step of a training that a framework does.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "base/cli/safe_streams.h"
#include "base/clock.h"
#include "worker/commands/commands.h"
#include "worker/commands/progress_bar.h"
#include "worker/commands/run_spec_input.h"
#include "worker/commands/stop_signal.h"
#include "worker/commands/termination_log.h"
#include "worker/contract/pod_folders.h"
#include "worker/prepare/prepare_framework.h"
#include "worker/storage/store_folder.h"
#include "worker/telemetry_writer/telemetry_writer.h"

namespace visionops::commands {

namespace {

namespace fs = std::filesystem;
using contract::ExitCode;

/// The program that starts the framework lies beside this one; the image of the framework has none of ours.
Status put_program_into(const std::string& folder) {
  constexpr const char* kProgram = "visionops-exec";
  std::error_code failure;
  const auto own = fs::read_symlink("/proc/self/exe", failure).parent_path() / kProgram;
  const auto place = fs::path(folder) / kProgram;
  fs::create_directories(folder, failure);
  if (!failure) fs::copy_file(own, place, fs::copy_options::overwrite_existing, failure);
  if (!failure) return {};
  return internal_error(place.string() + ": " + failure.message() + " (a copy of " + own.string() + ")");
}

struct Options {
  std::string spec_file;
  std::string program_folder;
  unsigned threads = 0;
  bool json = false;
};

fs::path pod_folder() {
  const char* given = std::getenv(contract::kPodDirEnv);
  return fs::absolute(given != nullptr && *given != '\0' ? given : contract::kPodDir);
}

void print_losses(const annotations::LossReport& loss) {
  for (const auto& entry : loss.entries) {
    std::cerr << "loss: " << enum_name(entry.kind) << " " << entry.count << "\n";
    for (const auto& example : entry.examples) std::cerr << "  " << example << "\n";
  }
}

void print_prepared(const prepare::PrepareOutcome& outcome) {
  const auto& prepared = outcome.prepared;
  for (const auto& split : outcome.layout.record.splits) {
    std::cout << split.split << ": " << split.images_out << " of " << split.images_in << " images, "
              << split.objects_out << " of " << split.objects_in << " objects\n";
  }
  if (!prepared.data.empty()) {
    std::cout << "data: " << prepared.data << ", " << prepared.classes << " classes"
              << (outcome.layout.reused ? " (as it stood there)" : "") << "\n";
  }
  if (!prepared.weights.empty()) std::cout << "weights: " << prepared.weights << "\n";
  if (!prepared.checkpoint.empty()) std::cout << "checkpoint: " << prepared.checkpoint << "\n";
  if (prepared.finished) std::cout << "finished: " << prepared.finished->epochs << " epochs\n";
}

void print(const prepare::PrepareOutcome& outcome) {
  print_losses(outcome.layout.loss);
  if (!outcome.result.error) return print_prepared(outcome);
  std::cerr << "error: " << outcome.result.error->message << "\n";
  if (!outcome.result.error->hint.empty()) std::cerr << "hint: " << outcome.result.error->hint << "\n";
}

prepare::PrepareOutcome prepare_by(const Result<contract::RunSpec>& spec, const prepare::Surroundings& surroundings,
                                   const Status& program) {
  if (spec && program) return prepare::prepare_framework(*spec, surroundings);
  prepare::PrepareOutcome outcome;
  const Error& error = spec ? program.error() : spec.error();
  outcome.code = contract::exit_code_of(error.cls);
  outcome.result.error = contract::error_result(outcome.code, error.message);
  return outcome;
}

int run(const Options& options) {
  const StopSignal signal;
  const SystemClock clock;
  const auto spec = read_run_spec(options.spec_file);
  telemetry::TelemetryWriter telemetry(pod_folder(), clock);
  ProgressBar bar;
  prepare::Surroundings surroundings;
  surroundings.pod_dir = pod_folder();
  surroundings.open_store = [](const std::string& name) { return storage::open_store(name); };
  surroundings.folder_of_store = storage::folder_of_store;
  surroundings.progress = [&](const contract::Progress& progress) {
    telemetry.progress(progress);
    bar.show(progress.stage, progress.done, progress.total);
  };
  surroundings.remark = [&](const std::string& text) {
    telemetry.event(text);
    bar.clear();
    std::cerr << text << "\n";
  };
  surroundings.threads = options.threads;
  surroundings.stop = signal.token();
  const auto program = options.program_folder.empty() ? Status() : put_program_into(options.program_folder);
  const auto outcome = prepare_by(spec, surroundings, program);
  bar.clear();
  if (outcome.result.error) telemetry.event(outcome.result.error->message);
  write_termination_log(outcome.result);
  if (options.json) cli::machine_output() << contract::encode(outcome.result) << "\n";
  if (!options.json || outcome.result.error) print(outcome);
  return static_cast<int>(outcome.code);
}

}  // namespace

void add_prepare(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "prepare", "Lay out Datasets, weights and checkpoint for the framework of a training, below $VISIONOPS_POD_DIR");
  auto options = std::make_shared<Options>();
  command
      ->add_option("--spec", options->spec_file,
                   "Run spec as a JSON file with train.framework (default: $VISIONOPS_RUN)")
      ->type_name("FILE");
  command->add_option("--program", options->program_folder, "Also put visionops-exec into this folder")
      ->type_name("DIR");
  command->add_option("--threads", options->threads, "Threads (default: all cores)")->type_name("N");
  command->add_flag("--json", options->json, "Print the result as JSON");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace visionops::commands
