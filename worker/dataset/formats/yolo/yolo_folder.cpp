#include "worker/dataset/formats/yolo/yolo_folder.h"

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_set>

#include "worker/dataset/folder/any_case.h"
#include "worker/dataset/images/image_header.h"

namespace visionops::dataset_folder {

namespace {

constexpr std::array kYoloNames{"data.yaml", "data.yml", "dataset.yaml"};

bool is_named_yolo(const FolderListing& listing) {
  return std::ranges::any_of(kYoloNames, [&](const char* name) { return listing.contains(name); });
}

std::string_view stem(std::string_view path) {
  const auto dot = path.rfind('.');
  const auto slash = path.rfind('/');
  return dot == std::string_view::npos || (slash != std::string_view::npos && dot < slash) ? path : path.substr(0, dot);
}

/// "a" and "a.jpg" of each image "a.jpg", in lower case: what a text file beside it may be called.
std::unordered_set<std::string> image_stems(const FolderListing& listing) {
  std::unordered_set<std::string> stems;
  for (const auto& file : listing.files()) {
    if (!annotations::has_image_suffix(file.path)) continue;
    stems.insert(lower(stem(file.path)));
    stems.insert(lower(file.path));
  }
  return stems;
}

}  // namespace

bool is_yaml(std::string_view path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }

Result<std::string> find_data_yaml(const FolderListing& listing) {
  const auto& chosen = listing.annotation_file();
  if (is_yaml(chosen)) return chosen;
  if (!chosen.empty()) return not_found_error("annotations: " + chosen + " is no YAML file");
  for (const char* name : kYoloNames) {
    if (listing.contains(name)) return std::string(name);
  }
  std::vector<std::string> candidates;
  for (const auto& file : listing.files()) {
    if (in_root(file.path) && is_yaml(file.path)) candidates.push_back(file.path);
  }
  if (candidates.size() == 1) return candidates.front();
  if (candidates.empty()) return not_found_error("no data.yaml");
  return invalid_error("several YAML files (" + listed(candidates) +
                       "): say by --annotations or spec.annotations which one has the class names");
}

Recognition recognise_yolo(const FolderListing& listing) {
  using Certainty = Recognition::Certainty;
  const auto file = find_data_yaml(listing);
  if (file.ok()) return {is_named_yolo(listing) ? Certainty::Named : Certainty::Fits};
  if (file.error().cls == ErrorClass::NotFound) return {};
  return {Certainty::Ambiguous, file.error().message};
}

OwnsFile yolo_files(const FolderListing& listing) {
  const auto labels = yolo_label_files(listing);
  return [labels](std::string_view path) { return is_yaml(path) ? in_root(path) : labels(path); };
}

OwnsFile yolo_label_files(const FolderListing& listing) {
  // Shared, because a std::function is copied.
  auto stems = std::make_shared<const std::unordered_set<std::string>>(image_stems(listing));
  return [stems](std::string_view path) {
    if (!has_suffix(path, ".txt")) return false;
    const std::string name = lower(path);
    return stands_in(name, "labels") || stems->contains(std::string(stem(name)));
  };
}

}  // namespace visionops::dataset_folder
