#include "worker/dataset/folder/layout.h"

#include <algorithm>
#include <array>

#include "worker/contract/run_spec.h"
#include "worker/dataset/folder/manifest.h"
#include "worker/dataset/images/image_header.h"

namespace visionops::dataset_folder {

namespace {

constexpr std::array kCocoNames{"annotation.json", "_annotations.coco.json"};
constexpr std::array kYoloNames{"data.yaml", "data.yml", "dataset.yaml"};

bool in_root(std::string_view path) { return path.find('/') == std::string_view::npos; }
bool is_platform_file(std::string_view path) {
  constexpr std::string_view folder = contract::kPlatformFolder;
  return path.starts_with(folder) && path.substr(folder.size()).starts_with("/");
}
bool is_yaml(std::string_view path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }
bool below_labels(std::string_view path) {
  return path.starts_with("labels/") || path.find("/labels/") != std::string_view::npos;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 4); ++i) out += (i == 0 ? "" : ", ") + names[i];
  return names.size() > 4 ? out + ", ..." : out;
}

/// Files in annotations/ that hold objects; captions and panoptic maps are other tasks of the same images.
std::vector<std::string> instance_files(const FolderListing& listing) {
  std::vector<std::string> instances, others;
  for (const auto& file : listing.files()) {
    const std::string_view path = file.path;
    if (!path.starts_with("annotations/") || !path.ends_with(".json")) continue;
    const std::string_view name = path.substr(12);
    if (name.starts_with("captions_") || name.starts_with("panoptic_") || name.starts_with("stuff_")) continue;
    (name.starts_with("instances_") ? instances : others).push_back(file.path);
  }
  return instances.empty() ? others : instances;
}

std::vector<std::string> root_files(const FolderListing& listing) {
  std::vector<std::string> out;
  for (const auto& file : listing.files()) {
    if (in_root(file.path) && file.path.ends_with(".json") && !is_ours(file.path)) out.push_back(file.path);
  }
  return out;
}

/// "annotations/instances_train2017.json" -> "train2017"
std::string split_of(const std::string& annotation_file) {
  const auto begin = annotation_file.find_last_of("/_");
  const std::string name = begin == std::string::npos ? annotation_file : annotation_file.substr(begin + 1);
  return name.substr(0, name.rfind('.'));
}

}  // namespace

bool is_ours(std::string_view path) { return path == kManifestFile || path == "eda.json" || is_platform_file(path); }

const storage::FileInfo* FolderListing::find(std::string_view path) const {
  const auto at = std::lower_bound(files_.begin(), files_.end(), path,
                                   [](const storage::FileInfo& file, std::string_view p) { return file.path < p; });
  return at != files_.end() && at->path == path ? &*at : nullptr;
}

std::string join(const std::string& folder, const std::string& path) {
  return folder.empty() ? path : folder + "/" + path;
}

Result<FolderListing> list_dataset(storage::StorageClient& store, const std::string& folder) {
  std::vector<std::string> links;
  auto files = store.list(folder, true, &links);
  if (!files) return files.error();
  if (!folder.empty()) {
    for (auto& file : *files) file.path.erase(0, folder.size() + 1);
    for (auto& link : links) link.erase(0, folder.size() + 1);
  }
  std::erase_if(*files, [](const storage::FileInfo& file) { return is_platform_file(file.path); });
  return FolderListing(std::move(*files), std::move(links));
}

bool is_named_coco(const FolderListing& listing) {
  return std::ranges::any_of(kCocoNames, [&](const char* name) { return listing.contains(name); }) ||
         !instance_files(listing).empty();
}

bool is_named_yolo(const FolderListing& listing) {
  return std::ranges::any_of(kYoloNames, [&](const char* name) { return listing.contains(name); });
}

Result<std::string> find_coco_file(const FolderListing& listing) {
  for (const char* name : kCocoNames) {
    if (listing.contains(name)) return std::string(name);
  }
  for (const auto& candidates : {instance_files(listing), root_files(listing)}) {
    if (candidates.size() == 1) return candidates.front();
    if (candidates.size() > 1) {
      return invalid_error("several COCO files (" + listed(candidates) +
                           "): a dataset is one split, name one annotation.json");
    }
  }
  return not_found_error("no COCO file: expected annotation.json or annotations/*.json");
}

Result<std::string> find_data_yaml(const FolderListing& listing) {
  for (const char* name : kYoloNames) {
    if (listing.contains(name)) return std::string(name);
  }
  std::vector<std::string> candidates;
  for (const auto& file : listing.files()) {
    if (in_root(file.path) && is_yaml(file.path)) candidates.push_back(file.path);
  }
  if (candidates.size() == 1) return candidates.front();
  if (candidates.empty()) return not_found_error("no data.yaml");
  return invalid_error("several YAML files (" + listed(candidates) + "), expected data.yaml");
}

bool is_visdrone_file(std::string_view path) {
  return path.ends_with(".txt") &&
         (path.starts_with("annotations/") || path.find("/annotations/") != std::string_view::npos);
}

bool has_visdrone_files(const FolderListing& listing) {
  return std::ranges::any_of(listing.files(), [](const auto& file) { return is_visdrone_file(file.path); });
}

std::vector<std::string> coco_image_roots(const FolderListing& listing, const std::string& annotation_file) {
  std::vector<std::string> roots{"images/", ""};
  const std::string split = split_of(annotation_file);
  for (const std::string& root : {"images/" + split + "/", split + "/", std::string("data/")}) {
    const bool used = std::any_of(listing.files().begin(), listing.files().end(),
                                  [&](const storage::FileInfo& file) { return file.path.starts_with(root); });
    if (used) roots.push_back(root);
  }
  return roots;
}

std::string yolo_image_name(const std::string& path) {
  if (path.starts_with("images/")) return path.substr(7);
  const auto at = path.find("/images/");
  return at == std::string::npos ? path : path.substr(0, at + 1) + path.substr(at + 8);
}

bool is_data_file(std::string_view path, Format format) {
  if (is_ours(path)) return false;
  if (path.starts_with("images/") || annotations::has_image_suffix(path)) return true;
  if (format == Format::YOLO) {
    return (is_yaml(path) && in_root(path)) || (below_labels(path) && path.ends_with(".txt"));
  }
  if (format == Format::VisDrone) return is_visdrone_file(path);
  return path.ends_with(".json") && (in_root(path) || path.starts_with("annotations/"));
}

}  // namespace visionops::dataset_folder
