// visionops-worker verify: are the bytes of a Dataset those that it was Ready with?
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "base/cli/safe_streams.h"
#include "base/fields/field_table.h"
#include "base/json.h"
#include "worker/commands/commands.h"
#include "worker/dataset/content_check.h"
#include "worker/pipeline/publish/result_of_run.h"

namespace visionops::commands {

namespace {

Json to_json(const dataset_folder::NamedFiles& files) { return {{"count", files.count}, {"first", files.first}}; }

Json to_json(const dataset_folder::Verification& found) {
  Json out{{"same", found.same}, {"digest", found.digest}, {"files", found.files}, {"bytes", found.bytes}};
  if (!found.differences) return out;
  out["changed"] = to_json(found.differences->changed);
  out["missing"] = to_json(found.differences->missing);
  out["added"] = to_json(found.differences->added);
  return out;
}

Result<dataset_folder::Verification> verify(const std::string& text) {
  Problems problems;
  const auto location = decode_text<contract::DatasetLocation>(text, "--dataset", problems);
  if (!problems.empty()) return invalid_error(describe(problems));
  const auto store = storage::open_store(location.store);
  if (!store) return store.error();
  return dataset_folder::verify_content(**store, location);
}

int run(const std::string& text) {
  const auto found = verify(text);
  if (!found) {
    std::cerr << "error: " << found.error().message << "\n";
    return static_cast<int>(pipeline::exit_code_of(found.error().cls));
  }
  cli::machine_output() << dump_json(to_json(*found)) << "\n";
  return static_cast<int>(found->same ? contract::ExitCode::Done : contract::ExitCode::ContentChanged);
}

}  // namespace

void add_verify(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("verify", "Read all files of a Dataset again (used by `visionops verify`)");
  auto dataset = std::make_shared<std::string>();
  command->add_option("--dataset", *dataset, "Where it lies and what it was Ready with, as JSON")->required();
  command->callback([dataset, &exit_code] { exit_code = run(*dataset); });
}

}  // namespace visionops::commands
