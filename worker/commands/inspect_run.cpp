// visionops-worker inspect-run: the inspection of a Dataset, inside a Pod.
#include <CLI/CLI.hpp>
#include <iostream>

#include "worker/commands/commands.h"
#include "worker/commands/run_spec_input.h"
#include "worker/commands/termination_log.h"
#include "worker/dataset/folder/file_list.h"
#include "worker/inspect/inspect.h"
#include "worker/inspect/report.h"
#include "worker/pipeline/publish/result_of_run.h"

namespace visionops::commands {

namespace {

/// Where a path inside a dataset stands for people: the resource and its folder.
std::string context_of(const contract::DatasetLocation& dataset) {
  return dataset.name.empty() ? "store " + dataset.store : "dataset " + dataset.name;
}

/// A store that is mounted read-only is no reason to fail: the facts are in the status.
std::string write_report(storage::StorageClient& store, const std::string& path,
                         const inspect::Inspection& inspection) {
  if (path.empty()) return {};
  const auto written = store.write(path, inspect::report_json(inspection), storage::IfExists::Replace);
  if (written) return path;
  std::cerr << "warning: the report is not stored: " << written.error().message << "\n";
  return {};
}

/// Nothing without a uid, of a Dataset of an earlier operator; nothing either where it would take the place of the list
/// of the content that the Dataset was Ready with, which tells what has changed.
std::string write_file_list(storage::StorageClient& store, const contract::RunSpec& spec,
                            const inspect::Inspection& inspection) {
  const auto& dataset = spec.inspect->dataset;
  const auto& digest = inspection.facts.digest;
  if (dataset.uid.empty() || (!dataset.digest.empty() && dataset.digest != digest)) return {};
  const dataset_folder::FileList list{
      {1, dataset.uid, spec.owner.namespace_, spec.owner.name, spec.owner.run, dataset.path, digest}, inspection.files};
  const auto path = dataset_folder::file_list_path(dataset.uid);
  const auto written = store.write(path, dataset_folder::encode(list), storage::IfExists::Replace);
  if (written) return path;
  std::cerr << "warning: the list of files is not stored: " << written.error().message << "\n";
  return {};
}

Result<contract::DatasetFacts> inspect_by_spec() {
  const auto spec = read_run_spec();
  if (!spec) return spec.error();
  if (!spec->inspect) return invalid_error("run spec: inspect: is required");
  const auto& run = *spec->inspect;
  const auto store = storage::open_store(run.dataset.store);
  if (!store) return store.error().in(context_of(run.dataset));
  auto inspection = inspect::inspect_dataset(
      **store, run.dataset.path, {.format = run.dataset.format, .choice = dataset_folder::choice_of(run.dataset)});
  if (!inspection) return inspection.error().in(context_of(run.dataset));
  inspection->facts.report = write_report(**store, run.report_path, *inspection);
  inspection->facts.file_list = write_file_list(**store, *spec, *inspection);
  std::cout << inspect::report_text(*inspection);
  return std::move(inspection->facts);
}

int run() {
  auto facts = inspect_by_spec();
  contract::RunResult result;
  auto code = contract::ExitCode::Done;
  if (facts) {
    result.dataset = std::move(*facts);
  } else {
    code = pipeline::exit_code_of(facts.error().cls);
    result.error = pipeline::error_result(code, facts.error().message, "");
    std::cerr << "error: " << facts.error().message << "\n";
  }
  write_termination_log(result);
  return static_cast<int>(code);
}

}  // namespace

void add_inspect_run(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("inspect-run", "Inspect the dataset of $VISIONOPS_RUN (used by the operator)");
  command->callback([&exit_code] { exit_code = run(); });
}

}  // namespace visionops::commands
