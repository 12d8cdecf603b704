#include "base/repeated.h"
#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/folder/splits.h"
#include "worker/dataset/formats/yolo/data_yaml.h"
#include "worker/dataset/formats/yolo/image_lists.h"
#include "worker/dataset/formats/yolo/yolo.h"
#include "worker/dataset/formats/yolo/yolo_folder.h"

namespace visionops::dataset_folder {

namespace {

using annotations::Findings;

constexpr std::int64_t kMaxYamlBytes = 16LL << 20;

std::vector<annotations::Category> categories_of(const std::vector<std::string>& names, const std::string& file,
                                                 Findings& findings) {
  for (const std::size_t i : repeated(names)) {
    findings.add(
        {"DuplicateClassName", file, "names[" + std::to_string(i) + "]", "\"" + names[i] + "\" stands before"});
  }
  std::vector<annotations::Category> categories;
  for (std::size_t i = 0; i < names.size(); ++i) {
    categories.emplace_back();
    categories.back().id = static_cast<std::int64_t>(i);
    categories.back().name = names[i];
  }
  return categories;
}

bool is_yolo_label_file(std::string_view path) {
  return path.ends_with(".txt") && stands_in(path, "labels") &&
         !path.ends_with("/classes.txt");  // label tools leave their class list there
}

struct FoundYaml {
  std::string path;
  DataYaml yaml;
};

Result<FoundYaml> data_yaml_of(storage::StorageClient& store, const std::string& folder, const FolderListing& listing) {
  const auto path = find_data_yaml(listing);
  if (!path) return path.error();
  const auto text = store.read(join(folder, *path), kMaxYamlBytes);
  if (!text) return text.error();
  auto yaml = read_data_yaml(*text);
  if (!yaml) return yaml.error().in(*path);
  return FoundYaml{*path, *std::move(yaml)};
}

}  // namespace

Result<LoadedDataset> load_yolo(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                                Findings& findings, unsigned threads) {
  const auto found = data_yaml_of(store, folder, listing);
  if (!found) return found.error();
  const LabelFileFormat format{.format = Format("YOLO"),
                               .categories = categories_of(found->yaml.names, found->path, findings),
                               .annotation_files = {found->path},
                               .path_of = annotations::yolo_label_path,
                               .is_label_file = is_yolo_label_file,
                               .read = annotations::read_yolo_labels};
  return load_label_files(store, folder, listing, findings, threads, format);
}

Result<FolderParts> yolo_parts(storage::StorageClient& store, const std::string& folder, const FolderListing& listing) {
  const auto found = data_yaml_of(store, folder, listing);
  if (!found) return found.error();
  const auto& places = found->yaml.places;
  auto by_lists = listed_parts(store, folder, listing, places);
  if (!by_lists || by_lists->by_lists) return by_lists;
  return parts_of_images(listing, places, [](std::string_view path) { return in_root(path) && is_yaml(path); });
}

}  // namespace visionops::dataset_folder
