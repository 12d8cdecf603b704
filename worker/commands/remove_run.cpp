// visionops-worker remove-run: removes the files of a Dataset whose deletionPolicy is Delete, inside a Pod.
#include <CLI/CLI.hpp>
#include <iostream>

#include "worker/commands/commands.h"
#include "worker/commands/run_spec_input.h"
#include "worker/commands/termination_log.h"
#include "worker/dataset_folder/remove.h"
#include "worker/pipeline/publish/result_of_run.h"

namespace visionops::commands {

namespace {

Status remove_by_spec() {
  const auto spec = read_run_spec();
  if (!spec) return spec.error();
  if (!spec->remove) return invalid_error("run spec: remove: is required");
  const auto& dataset = spec->remove->dataset;
  const auto store = storage::open_store(dataset.store);
  if (!store) return store.error();
  const auto removed = dataset_folder::remove_dataset(**store, dataset.path, dataset.format);
  if (!removed) return removed.error();
  std::cout << removed->files << " files of " << dataset.path << " removed\n";
  for (const auto& path : removed->left) std::cout << "left, no part of a dataset: " << path << "\n";
  return {};
}

int run() {
  const auto removed = remove_by_spec();
  contract::RunResult result;
  auto code = contract::ExitCode::Done;
  if (!removed) {
    code = pipeline::exit_code_of(removed.error().cls);
    result.error = pipeline::error_result(code, removed.error().message, "");
    std::cerr << "error: " << removed.error().message << "\n";
  }
  write_termination_log(result);
  return static_cast<int>(code);
}

}  // namespace

void add_remove_run(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("remove-run", "Remove the dataset files of $VISIONOPS_RUN (used by the operator)");
  command->callback([&exit_code] { exit_code = run(); });
}

}  // namespace visionops::commands
