// visionops-worker pipeline: one shard of a pipeline run, or its plan for people.
#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>

#include "base/cli/safe_streams.h"
#include "base/clock.h"
#include "worker/commands/commands.h"
#include "worker/commands/progress_bar.h"
#include "worker/commands/stop_signal.h"
#include "worker/commands/termination_log.h"
#include "worker/contract/exit_code.h"
#include "worker/contract/run_spec.h"
#include "worker/contract/run_variables.h"
#include "worker/pipeline/publish/result_of_run.h"
#include "worker/pipeline/publish/run_pipeline.h"
#include "worker/telemetry_writer/telemetry_writer.h"

namespace visionops::commands {
namespace {

using contract::ExitCode;

struct Options {
  std::string spec_file;
  bool explain = false;
  std::size_t images = 50;
  unsigned threads = 0;
  bool json = false;
};

std::string environment_or(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value && *value ? value : fallback;
}

Result<std::string> spec_text(const Options& options) {
  if (options.spec_file.empty()) {
    auto text = contract::run_text([](const char* name) -> const char* { return std::getenv(name); });
    if (text.empty())
      return invalid_error(std::string("no run given: set ") + contract::kRunEnv + " or name a file with --spec");
    return text;
  }
  std::ifstream file(options.spec_file, std::ios::binary);
  if (!file) return not_found_error(options.spec_file + ": cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Result<contract::PipelineRun> read_run(const Options& options) {
  const auto text = spec_text(options);
  if (!text) return text.error();
  Problems problems;
  auto spec = contract::decode_run_spec(*text, problems);
  if (!problems.empty()) return invalid_error("run spec: " + describe(problems));
  if (!spec.pipeline) return invalid_error("run spec: pipeline: is required");
  return *std::move(spec.pipeline);
}

/// The index that an Indexed Job gives to a Pod; without one, this process does all shards at once.
Result<std::int32_t> shard_index(contract::PipelineRun& run) {
  const std::string text = environment_or(contract::kShardEnv, "");
  if (text.empty()) {
    run.shards = 1;
    return 0;
  }
  std::int32_t shard = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), shard);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return invalid_error(std::string(contract::kShardEnv) + ": \"" + text + "\" is not an index");
  }
  return shard;
}

void print_summary(const pipeline::RunOutcome& outcome) {
  const auto& result = outcome.result;
  for (const auto& finding : outcome.findings.first()) {
    std::cerr << finding.kind.name() << " " << finding.file << (finding.position.empty() ? "" : " " + finding.position)
              << ": " << finding.message << "\n";
  }
  if (result.error) {
    std::cerr << "error: " << result.error->message << "\n";
    if (!result.error->hint.empty()) std::cerr << "hint: " << result.error->hint << "\n";
    return;
  }
  const auto& facts = *result.pipeline;
  if (facts.reused) {
    std::cout << "the version exists with equal inputs and plan; nothing was written\n";
  }
  std::cout << "images: " << facts.images_in << " in, " << facts.images_out << " out, " << facts.renamed_images
            << " renamed, " << facts.skipped_images << " skipped\n";
  if (result.dataset) {
    std::cout << "dataset " << result.dataset->digest << ": " << result.dataset->annotations << " objects, "
              << result.dataset->classes << " classes, " << result.dataset->size_bytes << " bytes\n";
  } else {
    std::cout << "this shard is done; the last one publishes\n";
  }
}

int report_error(const Error& error, const Options& options) {
  const auto code = pipeline::exit_code_of(error.cls);
  pipeline::RunOutcome outcome;
  outcome.code = code;
  outcome.result.error = pipeline::error_result(code, error.message, "");
  if (!options.explain) write_termination_log(outcome.result);
  if (options.json) cli::machine_output() << contract::encode(outcome.result) << "\n";
  print_summary(outcome);
  return static_cast<int>(code);
}

int run(const Options& options) {
  const StopSignal signal;
  auto spec = read_run(options);
  if (!spec) return report_error(spec.error(), options);
  const auto shard = shard_index(*spec);
  if (!shard) return report_error(shard.error(), options);

  pipeline::RunEnvironment environment;
  environment.open_store = [](const std::string& name) { return storage::open_store(name); };
  environment.shard = *shard;
  environment.threads = options.threads;
  environment.stop = signal.token();
  if (options.explain) {
    const auto text = pipeline::explain_pipeline(*spec, environment, options.images);
    if (!text) return report_error(text.error(), options);
    std::cout << *text;
    return static_cast<int>(ExitCode::Done);
  }

  const SystemClock clock;
  telemetry::TelemetryWriter telemetry(environment_or(contract::kPodDirEnv, "/visionops"), clock);
  ProgressBar bar;
  environment.progress = [&](const contract::Progress& progress) {
    telemetry.progress(progress);
    bar.show(progress.stage, progress.done, progress.total);
  };
  const auto outcome = pipeline::run_pipeline(*spec, environment);
  bar.clear();
  if (outcome.result.error) telemetry.event(outcome.result.error->message);
  write_termination_log(outcome.result);
  if (options.json) {
    cli::machine_output() << contract::encode(outcome.result) << "\n";
  } else {
    print_summary(outcome);
  }
  return static_cast<int>(outcome.code);
}

}  // namespace

void add_pipeline(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("pipeline", "Run one shard of a pipeline, or explain its plan");
  auto options = std::make_shared<Options>();
  command
      ->add_option("--spec", options->spec_file,
                   "Run spec as a JSON file, as docs/plan.md shows (default: $VISIONOPS_RUN)")
      ->type_name("FILE");
  command->add_flag("--explain", options->explain, "Print the plan and write nothing");
  command->add_option("--images", options->images, "Image lines that --explain prints")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--threads", options->threads, "Threads (default: all cores)")->type_name("N");
  command->add_flag("--json", options->json, "Print the result as JSON");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace visionops::commands
