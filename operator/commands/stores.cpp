#include "operator/commands/stores.h"

#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "base/cli/safe_streams.h"
#include "base/json.h"
#include "operator/assembly/data_folder.h"
#include "operator/assembly/store_places.h"
#include "operator/present/text_table.h"

namespace visionops::commands {

namespace {

struct StoresOptions {
  DataFolder folder;
  bool json = false;
};

std::string free_space(const StorePlace& store) {
  std::error_code failure;
  const auto space = std::filesystem::space(store.place, failure);
  return failure || store.kind == "Bucket"
             ? "-"
             : fmt::format("{:.1f} GiB", static_cast<double>(space.available) / (1U << 30U));
}

int stores(const StoresOptions& options) {
  const auto data = options.folder.absolute();
  std::error_code failure;
  if (!std::filesystem::is_directory(data / "stores", failure))
    return report(not_found_error(data.string() + ": no stores here; `visionops run` makes them"));
  const auto places = store_places(data);
  if (options.json) {
    Json out = Json::array();
    for (const auto& p : places)
      out.push_back({{"name", p.name}, {"kind", p.kind}, {"place", p.place}, {"there", p.there}});
    cli::machine_output() << dump_json(out) << "\n";
    return 0;
  }
  std::vector<TableRow> rows;
  for (const auto& p : places)
    rows.push_back({p.name, p.there ? p.kind : p.kind + " (missing)", free_space(p), p.place});
  for (const auto& line : format_table({"STORE", "KIND", "FREE", "PLACE"}, rows)) std::cout << line << "\n";
  return 0;
}

}  // namespace

void add_stores(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("stores", "Show where the files of stores lie on this machine");
  auto options = std::make_shared<StoresOptions>();
  command->add_flag("--json", options->json, "An array of objects");
  add_data_options(*command, options->folder);
  command->footer(
      "spec.store and spec.path of a Dataset name PLACE/path. Another folder becomes a store with\n"
      "  visionops run --store NAME=FOLDER");
  command->callback([options, &exit_code] { exit_code = stores(*options); });
}

}  // namespace visionops::commands
