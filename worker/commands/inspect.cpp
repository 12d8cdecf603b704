// visionops-worker inspect DIR: what is in a dataset folder, for people or as JSON.
#include "worker/inspect/inspect.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "base/cli/safe_streams.h"
#include "worker/commands/choice_options.h"
#include "worker/commands/commands.h"
#include "worker/commands/format_option.h"
#include "worker/inspect/report.h"
#include "worker/inspect/splits.h"
#include "worker/pipeline/publish/result_of_run.h"

namespace visionops::commands {

namespace {

struct Options {
  std::string folder;
  inspect::InspectOptions inspect;
  bool splits = false;
  bool json = false;
};

using contract::ExitCode;

int refused(const Error& error) {
  std::cerr << "error: " << error.message << "\n";
  return static_cast<int>(pipeline::exit_code_of(error.cls));
}

int print(const Options& options, const std::string& json, const std::string& text) {
  if (options.json) {
    cli::machine_output() << json;
  } else {
    std::cout << text;
  }
  return static_cast<int>(ExitCode::Done);
}

/// The exit code is that of the first split that cannot be read.
int run_splits(const Options& options, storage::StorageClient& store) {
  const auto folder = inspect::inspect_splits(store, "", options.inspect);
  if (!folder) return refused(folder.error());
  print(options, inspect::splits_json(*folder), inspect::splits_text(*folder));
  for (const auto& [part, inspection] : folder->splits) {
    if (!inspection) return static_cast<int>(pipeline::exit_code_of(inspection.error().cls));
  }
  return static_cast<int>(ExitCode::Done);
}

int run(const Options& options) {
  const auto store = storage::open_local_store(options.folder);
  if (!store) return refused(store.error());
  if (options.splits) return run_splits(options, **store);
  const auto inspection = inspect::inspect_dataset(**store, "", options.inspect);
  // asked only where there is no dataset to speak of: the folder of a large one is not listed once more
  if (!inspection && inspect::holds_several(**store, "", options.inspect)) return run_splits(options, **store);
  if (!inspection) return refused(inspection.error());
  return print(options, inspect::report_json(*inspection), inspect::report_text(*inspection));
}

}  // namespace

void add_inspect(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("inspect", "Describe a dataset folder: counts, classes, sizes, problems, digest");
  auto options = std::make_shared<Options>();
  command->add_option("DIR", options->folder, "Dataset folder")->required();
  add_format_option(*command, "--format", options->inspect.format, "Annotation format (default: as the layout says)",
                    &contract::FormatInfo::reads);
  add_choice_options(*command, options->inspect.choice);
  command->add_flag("--annotations-only", options->inspect.annotations_only, "Do not read the images; no digest");
  command->add_option("--threads", options->inspect.threads, "Threads (default: all cores)")->type_name("N");
  command->add_flag("--splits", options->splits, "Show all splits side by side, also where there is only one");
  command->add_flag("--json", options->json, "Print the report as JSON");
  command->footer("A folder that holds several splits is shown split by split unless --split names one.");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace visionops::commands
