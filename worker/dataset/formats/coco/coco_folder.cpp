#include "worker/dataset/formats/coco/coco_folder.h"

#include <algorithm>
#include <array>

namespace visionops::dataset_folder {

namespace {

constexpr std::array kCocoNames{"annotation.json", "_annotations.coco.json"};

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

bool is_named_coco(const FolderListing& listing) {
  return std::ranges::any_of(kCocoNames, [&](const char* name) { return listing.contains(name); }) ||
         !instance_files(listing).empty();
}

}  // namespace

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

Recognition recognise_coco(const FolderListing& listing) {
  using Certainty = Recognition::Certainty;
  const auto file = find_coco_file(listing);
  if (file.ok()) return {is_named_coco(listing) ? Certainty::Named : Certainty::Fits};
  if (file.error().cls == ErrorClass::NotFound) return {};
  return {Certainty::Ambiguous, file.error().message};
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

}  // namespace visionops::dataset_folder
