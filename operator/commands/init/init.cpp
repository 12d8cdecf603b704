#include "operator/commands/init/init.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>

#include "base/json.h"
#include "operator/api/patterns.h"
#include "operator/assembly/data_folder.h"
#include "operator/assembly/declared_stores.h"
#include "operator/assembly/folder_cluster.h"
#include "operator/assembly/store_places.h"
#include "operator/assembly/worker_call.h"
#include "operator/commands/init/dataset_manifests.h"

namespace visionops::commands {

namespace {

namespace fs = std::filesystem;

struct InitOptions {
  DataFolder folder;
  std::string dataset;
  std::string output;
  std::string group;
  std::string version = "v1.0.0";
  bool overwrite = false;
};

/// A store that holds the folder, and the folder's path in it.
struct Place {
  std::string store;
  std::string path;
  bool declared = true;
};

std::optional<Place> place_in(const std::vector<StorePlace>& stores, const fs::path& folder) {
  for (const auto& store : stores) {
    const fs::path root(store.place);
    const auto path = folder.lexically_relative(root);
    const bool inside = store.kind != "Bucket" && !path.empty() && path != "." && *path.begin() != "..";
    if (inside) return Place{store.name, path.string()};
  }
  return std::nullopt;
}

/// The folder above becomes a store, called after it; a dataset is never the root of one.
Place new_place(const std::vector<StorePlace>& stores, const fs::path& folder) {
  const std::string wanted = label_of(folder.parent_path().filename(), api::kMaxDeclaredStore - 4);
  std::string name = wanted;
  const auto taken = [&] { return std::ranges::any_of(stores, [&](const auto& store) { return store.name == name; }); };
  for (int number = 2; taken(); ++number) name = wanted + "-" + std::to_string(number);
  return {name, folder.filename(), false};
}

/// Only the process that works on a data folder may declare its stores.
Status declare_place(const InitOptions& options, const Place& place, const fs::path& folder) {
  const std::string store = place.store + "=" + folder.parent_path().string();
  if (check_cluster_is_there(options.folder).ok()) {
    const auto cluster = FolderCluster::open(options.folder, Access::Write);
    if (!cluster) return cluster.error();
    if ((*cluster)->owner() != 0) {
      return conflict_error("process " + std::to_string((*cluster)->owner()) + " works on " +
                            options.folder.absolute().string() + ": stop it, or start it with --store " + store);
    }
    const auto declared = declare_stores(options.folder.absolute() / "stores", {store});
    return declared ? Status{} : Status(declared.error());
  }
  const auto stores = options.folder.absolute() / "stores";
  if (auto made = make_first_stores(stores); !made) return made;
  const auto declared = declare_stores(stores, {store});
  return declared ? Status{} : Status(declared.error());
}

/// What stands there stays unless --overwrite was said.
Status write_manifests(const InitOptions& options, const fs::path& file, const std::string& text) {
  const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (options.overwrite ? O_TRUNC : O_EXCL);
  const int fd = ::open(file.c_str(), flags, 0644);
  if (fd < 0 && errno == EEXIST)
    return conflict_error(file.string() + " is there already; --overwrite replaces it, --output names another");
  if (fd < 0) return retry_error(file.string() + ": " + std::error_code(errno, std::generic_category()).message());
  const bool whole = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  return whole ? Status{} : Status(retry_error(file.string() + ": cannot be written"));
}

Result<Json> look(const InitOptions& options, const fs::path& folder) {
  std::cerr << "Looking at " << folder.string() << " ...\n";
  const auto answer =
      call_worker({"inspect", folder.string(), "--splits", "--annotations-only", "--json"}, options.folder.absolute());
  if (!answer) return answer.error();
  auto found = parse_json(answer->output);
  if (!found) return invalid_error(folder.string() + ": no dataset was found there (see above)");
  return found;
}

Result<fs::path> real_folder(const std::string& dataset) {
  std::error_code failure;
  auto folder = fs::canonical(dataset, failure);
  if (failure) return not_found_error(dataset + ": " + failure.message());
  if (!fs::is_directory(folder)) return invalid_error(dataset + " is no folder");
  if (folder == folder.root_path()) return invalid_error("the root of a file system is no dataset");
  return folder;
}

/// A file in the dataset would be one more of its files.
Status check_output(const fs::path& file, const fs::path& folder) {
  std::error_code failure;
  const auto place = fs::weakly_canonical(fs::absolute(file), failure);
  const auto inside = place.lexically_relative(folder);
  if (failure || inside.empty() || *inside.begin() == "..") return {};
  return invalid_error(file.string() + " would stand in the dataset: go to another folder, or name one with --output");
}

Result<std::string> init(const InitOptions& options) {
  const auto folder = real_folder(options.dataset);
  if (!folder) return folder.error();
  const auto group = options.group.empty() ? label_of(folder->filename(), api::kMaxGroup) : options.group;
  const std::string file = options.output.empty() ? group + ".datasets.yaml" : options.output;
  if (auto checked = check_output(file, *folder); !checked) return checked.error();
  const auto found = look(options, *folder);
  if (!found) return found.error();
  const auto stores = store_places(options.folder.absolute());
  const auto place = place_in(stores, *folder).value_or(new_place(stores, *folder));
  const auto text = dataset_manifests({group, options.version, place.store, place.path}, *found);
  if (!text) return text.error();
  if (auto written = write_manifests(options, file, *text); !written) return written.error();
  if (!place.declared) {
    if (auto declared = declare_place(options, place, *folder); !declared) return declared.error();
    std::cout << "Store " << place.store << " is " << folder->parent_path().string() << "\n";
  }
  return file;
}

int run_init(const InitOptions& options) {
  const auto file = init(options);
  if (!file) return report(file.error());
  std::cout << "Wrote " << *file << ". Next: visionops run -f " << *file << options.folder.flag() << "\n";
  return 0;
}

}  // namespace

void add_init(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("init", "Write Datasets for a folder of yours, one for each split that it holds");
  auto options = std::make_shared<InitOptions>();
  command->add_option("DIR", options->dataset, "Dataset folder; nothing in it is changed")->required();
  command->add_option("-o,--output", options->output, "File to write (default: GROUP.datasets.yaml)")
      ->type_name("FILE");
  command->add_option("--group", options->group, "Group of the Datasets (default: after the folder's name)");
  command->add_option("--version-of-data", options->version, "Version of the Datasets")->capture_default_str();
  command->add_flag("--overwrite", options->overwrite, "Replace the file");
  add_data_options(*command, options->folder);
  command->footer(
      "Recognises the layouts of docs/import.md. The folder above DIR becomes a store of the embedded cluster; on\n"
      "another cluster change spec.store and spec.path to where its store has the folder.");
  command->callback([options, &exit_code] { exit_code = run_init(*options); });
}

}  // namespace visionops::commands
