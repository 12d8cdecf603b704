// visionops-worker remove-run: removes the files of a Dataset whose deletionPolicy is Delete, inside a Pod.
#include <CLI/CLI.hpp>
#include <iostream>

#include "worker/commands/commands.h"
#include "worker/commands/run_spec_input.h"
#include "worker/commands/termination_log.h"
#include "worker/dataset/remove.h"
#include "worker/pipeline/publish/result_of_run.h"

namespace visionops::commands {

namespace {

void print(const contract::RemovalFacts& facts, const std::string& path) {
  std::cout << facts.removed << " files of " << path << " removed\n";
  if (!facts.refused.empty()) std::cout << "nothing removed: " << facts.refused << "\n";
  if (facts.shared > 0) std::cout << "left, of another Dataset too: " << facts.shared << " files\n";
  if (facts.replaced > 0) std::cout << "left, with other bytes than listed: " << facts.replaced << " files\n";
  if (facts.unlisted > 0) std::cout << "left, never listed as this Dataset's: " << facts.unlisted << " files\n";
  for (const auto& left : facts.left) std::cout << "  " << left << "\n";
}

Result<contract::RemovalFacts> remove_by_spec() {
  const auto spec = read_run_spec();
  if (!spec) return spec.error();
  if (!spec->remove) return invalid_error("run spec: remove: is required");
  const auto store = storage::open_store(spec->remove->dataset.store);
  if (!store) return store.error();
  auto removed = dataset_folder::remove_dataset(**store, *spec->remove);
  if (removed) print(*removed, spec->remove->dataset.path);
  return removed;
}

int run() {
  auto removed = remove_by_spec();
  contract::RunResult result;
  auto code = contract::ExitCode::Done;
  if (removed) {
    result.removal = *std::move(removed);
  } else {
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
