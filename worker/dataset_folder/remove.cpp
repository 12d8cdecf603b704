#include "worker/dataset_folder/remove.h"

#include <unordered_set>

#include "worker/dataset_folder/layout.h"
#include "worker/dataset_folder/manifest.h"

namespace visionops::dataset_folder {

namespace {

/// Files of the manifest; none when it is missing or not readable (the layout tells most files anyway).
std::unordered_set<std::string> listed_files(storage::StorageClient& store, const std::string& folder) {
  std::unordered_set<std::string> out;
  const auto text = store.read(join(folder, kManifestFile), kMaxManifestBytes);
  if (!text) return out;
  const auto manifest = decode_manifest(*text);
  if (!manifest) return out;
  for (const auto& file : manifest->files) out.insert(file.path);
  return out;
}

Status remove_if_there(storage::StorageClient& store, const std::string& path) {
  auto removed = store.remove(path);
  return !removed.ok() && removed.error().cls == ErrorClass::NotFound ? Status{} : removed;
}

/// Children first; a folder that is not empty stays.
void remove_empty_folders(storage::StorageClient& store, const std::string& folder) {
  const auto entries = store.list(folder, false);
  if (!entries) return;
  for (const auto& entry : *entries) {
    if (entry.directory) remove_empty_folders(store, entry.path);
  }
  (void)store.remove(folder);
}

}  // namespace

Result<RemovedDataset> remove_dataset(storage::StorageClient& store, const std::string& folder, Format format) {
  if (auto checked = storage::check_relative_path(folder); !checked) return checked.error();
  RemovedDataset out;
  const auto listing = list_dataset(store, folder);
  if (!listing) return listing.error().cls == ErrorClass::NotFound ? Result<RemovedDataset>(out) : listing.error();
  const auto listed = listed_files(store, folder);
  if (auto removed = remove_if_there(store, join(folder, kManifestFile)); !removed) return removed.error();
  for (const auto& file : listing->files()) {
    const bool ours = file.path == kManifestFile || file.path == "eda.json" || file.path.starts_with(".visionops/") ||
                      listed.contains(file.path) || is_data_file(file.path, format);
    if (!ours) {
      out.left.push_back(file.path);
      continue;
    }
    if (auto removed = remove_if_there(store, join(folder, file.path)); !removed) return removed.error();
    ++out.files;
  }
  remove_empty_folders(store, folder);
  return out;
}

}  // namespace visionops::dataset_folder
