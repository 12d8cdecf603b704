#include "worker/dataset/formats/coco/coco_folder.h"

#include <algorithm>
#include <array>
#include <map>

#include "worker/dataset/formats/few_json_files.h"
#include "worker/dataset/images/image_header.h"

namespace visionops::dataset_folder {

namespace {

constexpr std::array<std::string_view, 2> kCocoNames{"annotation.json", "_annotations.coco.json"};
constexpr const char* kHow = "say by --annotations or spec.annotations which one is meant";

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }
std::string folder_of(std::string_view path) { return std::string(path.substr(0, path.rfind('/') + 1)); }

bool is_coco(const FolderListing& listing, const std::string& path) {
  return std::ranges::find(kCocoNames, name_of(path)) != kCocoNames.end() || looks_like_coco(listing.head(path));
}

bool has_coco_name(std::string_view path) {
  return std::ranges::find(kCocoNames, name_of(path)) != kCocoNames.end() || path.starts_with("annotations/");
}

/// What a file in annotations/ holds when it is of another task of the same images; empty for objects.
std::string_view other_task(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> tasks{
      {{"captions_", "captions"},
       {"panoptic_", "panoptic segments"},
       {"stuff_", "stuff"},
       {"image_info_", "no annotations"}}};
  const auto task = std::ranges::find_if(tasks, [&](const auto& row) { return name.starts_with(row.first); });
  return task == tasks.end() ? std::string_view() : task->second;
}

/// Files in annotations/ that hold objects.
std::vector<std::string> instance_files(const FolderListing& listing) {
  std::vector<std::string> instances, others;
  for (const auto& file : listing.files()) {
    const std::string_view path = file.path;
    if (!path.starts_with("annotations/") || !path.ends_with(".json")) continue;
    const std::string_view name = path.substr(12);
    if (!other_task(name).empty() || !is_coco(listing, file.path)) continue;
    (name.starts_with("instances_") ? instances : others).push_back(file.path);
  }
  return instances.empty() ? others : instances;
}

std::vector<std::string> root_files(const FolderListing& listing) {
  const auto stands = [&](std::string_view path) {
    const bool of_label_studio = path == "notes.json" && listing.contains("classes.txt");  // beside YOLO rows
    return in_root(path) && !of_label_studio;
  };
  return formats::few_json_files(listing, stands, [&](const std::string& file) { return is_coco(listing, file); });
}

/// train/_annotations.coco.json; else any *.json of a folder that is called after a split.
std::vector<std::string> files_of_splits(const FolderListing& listing) {
  std::vector<std::string> named;
  for (const auto& file : listing.files()) {
    const bool elsewhere = in_root(file.path) || file.path.starts_with("annotations/");
    if (!elsewhere && name_of(file.path) == kCocoNames.back()) named.push_back(file.path);
  }
  if (!named.empty()) return named;
  const auto stands = [](std::string_view path) {
    if (in_root(path) || path.starts_with("annotations/")) return false;
    return !split_word(name_of(path.substr(0, path.rfind('/')))).empty();
  };
  return formats::few_json_files(listing, stands, [&](const std::string& file) { return is_coco(listing, file); });
}

/// "annotations/instances_train2017.json" -> "train2017"
std::string split_of(const std::string& annotation_file) {
  const auto begin = annotation_file.find_last_of("/_");
  const std::string name = begin == std::string::npos ? annotation_file : annotation_file.substr(begin + 1);
  return name.substr(0, name.rfind('.'));
}

/// Of a file of annotations: by its folders, else by a word of its name.
Split split_of_file(std::string_view path) {
  for (std::size_t begin = 0, end = path.find('/'); end != std::string_view::npos;
       begin = end + 1, end = path.find('/', begin)) {
    const auto split = split_named(split_word(path.substr(begin, end - begin)));
    if (split != Split::None) return split;
  }
  Split found = Split::None;
  auto name = name_of(path);
  name = name.substr(0, name.rfind('.'));
  while (!name.empty()) {
    const auto end = std::min(name.find_first_of("_-. "), name.size());
    const auto split = split_named(split_word(name.substr(0, end)));
    if (split != Split::None) found = split;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return found;
}

bool has_files(const FolderListing& listing, const std::string& root) {
  return std::ranges::any_of(listing.files(), [&](const storage::FileInfo& file) {
    return file.path.starts_with(root) && annotations::has_image_suffix(file.path);
  });
}

/// Folders that only images of this file stand in; empty when its images may stand with those of others.
std::vector<std::string> own_roots(const FolderListing& listing, const std::string& file) {
  const auto folder = folder_of(file);
  if (!folder.empty() && folder != "annotations/") return {folder};
  std::vector<std::string> roots;
  for (const auto& word : {split_of(file), split_word(split_of(file))}) {
    for (const auto& root : {"images/" + word + "/", word + "/"}) {
      if (!word.empty() && has_files(listing, root) && std::ranges::find(roots, root) == roots.end())
        roots.push_back(root);
    }
  }
  return roots;
}

bool is_below(std::string_view path, const std::vector<std::string>& roots) {
  return std::ranges::any_of(roots, [&](const std::string& root) { return path.starts_with(root); });
}

std::vector<std::string> roots_of_others(const FolderListing& listing, const std::vector<std::string>& files,
                                         const std::string& file) {
  std::vector<std::string> roots;
  for (const auto& other : files) {
    if (other == file) continue;
    for (auto& root : own_roots(listing, other)) roots.push_back(std::move(root));
  }
  return roots;
}

FolderPart part_of(const FolderListing& listing, const std::vector<std::string>& files, Split split,
                   const std::string& file) {
  FolderPart part{.split = split, .place = file, .annotations = file};
  part.holds = [split, file, files, own = own_roots(listing, file),
                of_others = roots_of_others(listing, files, file)](std::string_view path) {
    if (path == file) return true;
    if (annotations::has_image_suffix(path)) return own.empty() ? !is_below(path, of_others) : is_below(path, own);
    if (std::ranges::find(files, path) != files.end() || is_below(path, of_others)) return false;
    // other annotations of the same images are named as unread
    return !path.ends_with(".json") || split_of_file(path) == split || split_of_file(path) == Split::None;
  };
  return part;
}

/// One for each split that exactly one file has; nothing when some file has none, or shares its split.
std::vector<FolderPart> parts_of(const FolderListing& listing, const std::vector<std::string>& files) {
  std::map<Split, std::string> by_split;
  for (const auto& file : files) {
    const auto split = split_of_file(file);
    if (split == Split::None || !by_split.emplace(split, file).second) return {};
  }
  std::vector<FolderPart> out;
  out.reserve(by_split.size());
  for (const auto& [split, file] : by_split) out.push_back(part_of(listing, files, split, file));
  return out;
}

/// A folder with nothing but captions or panoptic segments is COCO, and cannot be read.
Recognition without_objects(const FolderListing& listing) {
  for (const auto& file : listing.files()) {
    if (!file.path.starts_with("annotations/") || !file.path.ends_with(".json")) continue;
    const auto task = other_task(name_of(file.path));
    if (task.empty()) continue;
    return {Recognition::Certainty::Ambiguous, file.path + " holds " + std::string(task) +
                                                   ", no objects; annotations/instances_*.json, which has the objects, "
                                                   "is not there"};
  }
  return {};
}

}  // namespace

bool looks_like_coco(std::string_view head) {
  const auto first = head.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first == std::string_view::npos) return true;  // nothing to tell by
  if (head[first] != '{') return false;
  const bool of_items =
      head.find("\"items\"") != std::string_view::npos && head.find("\"images\"") == std::string_view::npos;
  if (of_items || head.find("\"dm_format_version\"") != std::string_view::npos) return false;  // Datumaro
  if (head.find("\"images\"") != std::string_view::npos || head.find("\"annotations\"") != std::string_view::npos)
    return head.find("\"shapes\"") == std::string_view::npos;
  return std::ssize(head) >= kHeadBytes && head.find("\"shapes\"") == std::string_view::npos;
}

std::vector<std::string> coco_files(const FolderListing& listing) {
  for (const auto name : kCocoNames) {
    if (listing.contains(name)) return {std::string(name)};
  }
  for (auto files : {instance_files(listing), files_of_splits(listing), root_files(listing)}) {
    if (!files.empty()) return files;
  }
  return {};
}

Result<std::string> find_coco_file(const FolderListing& listing) {
  const auto& chosen = listing.annotation_file();
  if (chosen.ends_with(".json")) return chosen;
  if (!chosen.empty()) return not_found_error("annotations: " + chosen + " is no JSON file");
  const auto files = coco_files(listing);
  if (files.size() == 1) return files.front();
  if (files.empty()) return not_found_error("no COCO file: expected annotation.json or annotations/*.json");
  return invalid_error("several COCO files (" + listed(files) + "): " + kHow);
}

Recognition recognise_coco(const FolderListing& listing) {
  using Certainty = Recognition::Certainty;
  const auto& chosen = listing.annotation_file();
  if (!chosen.empty() && !is_coco(listing, chosen)) return {};  // it may be another format's
  const auto file = find_coco_file(listing);
  if (file.ok())
    return {has_coco_name(*file) || !listing.annotation_file().empty() ? Certainty::Named : Certainty::Fits};
  if (file.error().cls == ErrorClass::NotFound) return without_objects(listing);
  if (!parts_of(listing, coco_files(listing)).empty()) return {Certainty::Named};
  return {Certainty::Ambiguous, file.error().message};
}

Result<FolderParts> coco_parts(storage::StorageClient&, const std::string&, const FolderListing& listing) {
  if (!listing.annotation_file().empty()) return FolderParts{};
  return FolderParts{parts_of(listing, coco_files(listing))};
}

std::vector<std::string> coco_image_roots(const FolderListing& listing, const std::string& annotation_file) {
  if (!listing.image_root().empty()) return {listing.image_root() + "/"};
  std::vector<std::string> roots{"images/", ""};
  auto own = own_roots(listing, annotation_file);
  if (!in_root(annotation_file) && !annotation_file.starts_with("annotations/"))
    own.push_back(folder_of(annotation_file) + "images/");
  // a file beside its images means those, whatever stands in a folder "images" elsewhere
  const bool beside = !own.empty() && has_files(listing, own.front());
  roots.insert(beside ? roots.begin() : roots.end(), own.begin(), own.end());
  if (has_files(listing, "data/")) roots.emplace_back("data/");
  return roots;
}

}  // namespace visionops::dataset_folder
