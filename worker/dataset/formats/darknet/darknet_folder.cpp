#include "worker/dataset/formats/darknet/darknet_folder.h"

#include <algorithm>
#include <array>
#include <vector>

#include "worker/dataset/formats/yolo/yolo_folder.h"

namespace visionops::dataset_folder {

namespace {

constexpr std::array<std::string_view, 3> kClassLists{"classes.txt", "_darknet.labels", "obj.names"};

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// At most one folder deep: deeper ones are of something else.
bool is_near(std::string_view path) { return std::ranges::count(path, '/') <= 1; }

std::vector<std::string> files_where(const FolderListing& listing, bool (*wanted)(std::string_view path)) {
  std::vector<std::string> out;
  for (const auto& file : listing.files()) {
    if (is_near(file.path) && !is_ours(file.path) && wanted(file.path)) out.push_back(file.path);
  }
  return out;
}

bool is_data_file(std::string_view path) { return path.ends_with(".data"); }
bool is_class_file(std::string_view path) { return std::ranges::find(kClassLists, name_of(path)) != kClassLists.end(); }

/// The one in the root, when there are several.
Result<std::string> only_one(std::vector<std::string> files, const char* what) {
  const auto in_folders = [](const std::string& path) { return !in_root(path); };
  if (files.size() > 1 && !std::ranges::all_of(files, in_folders)) std::erase_if(files, in_folders);
  if (files.size() == 1) return files.front();
  return invalid_error("several " + std::string(what) + " (" + listed(files) +
                       "): say by --annotations or spec.annotations which one is meant");
}

}  // namespace

Result<DarknetFiles> find_darknet_files(const FolderListing& listing) {
  if (const auto& chosen = listing.annotation_file(); !chosen.empty()) {
    if (is_yaml(chosen)) return not_found_error("annotations: " + chosen + " is of YOLO");
    return is_data_file(chosen) ? DarknetFiles{.data = chosen} : DarknetFiles{.names = chosen};
  }
  if (auto data = files_where(listing, is_data_file); !data.empty()) {
    auto one = only_one(std::move(data), "Darknet data files");
    if (!one) return one.error();
    return DarknetFiles{.data = *std::move(one)};
  }
  auto names = files_where(listing, is_class_file);
  if (names.empty()) return not_found_error("no obj.data, classes.txt, obj.names or _darknet.labels");
  auto one = only_one(std::move(names), "lists of class names");
  if (!one) return one.error();
  return DarknetFiles{.names = *std::move(one)};
}

Recognition recognise_darknet(const FolderListing& listing) {
  using Certainty = Recognition::Certainty;
  if (recognise_yolo(listing).certainty != Certainty::Not) return {};
  const auto files = find_darknet_files(listing);
  if (!files && files.error().cls == ErrorClass::NotFound) return {};
  if (!files) return {Certainty::Ambiguous, files.error().message};
  const auto labels = yolo_label_files(listing);
  const bool labelled = std::ranges::any_of(
      listing.files(), [&](const auto& file) { return !is_class_file(file.path) && labels(file.path); });
  return {labelled ? Certainty::Named : Certainty::Not};
}

OwnsFile darknet_files(const FolderListing& listing) {
  return [labels = yolo_label_files(listing)](std::string_view path) {
    const bool head = is_near(path) && (is_data_file(path) || is_class_file(path) || path.ends_with(".names"));
    return head || (in_root(path) && path.ends_with(".txt")) || labels(path);
  };
}

}  // namespace visionops::dataset_folder
