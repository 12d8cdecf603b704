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
#include "worker/pipeline/publish/result_of_run.h"

namespace visionops::commands {

namespace {

struct Options {
  std::string folder;
  inspect::InspectOptions inspect;
  bool json = false;
};

Result<inspect::Inspection> inspect_folder(const Options& options) {
  auto store = storage::open_local_store(options.folder);
  if (!store) return store.error();
  return inspect::inspect_dataset(**store, "", options.inspect);
}

int run(const Options& options) {
  const auto inspection = inspect_folder(options);
  if (!inspection) {
    std::cerr << "error: " << inspection.error().message << "\n";
    return static_cast<int>(pipeline::exit_code_of(inspection.error().cls));
  }
  if (options.json) {
    cli::machine_output() << inspect::report_json(*inspection);
  } else {
    std::cout << inspect::report_text(*inspection);
  }
  return static_cast<int>(contract::ExitCode::Done);
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
  command->add_flag("--json", options->json, "Print the report as JSON");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace visionops::commands
