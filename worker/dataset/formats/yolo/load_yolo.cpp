#include <algorithm>
#include <string_view>

#include "base/repeated.h"
#include "worker/dataset/folder/any_case.h"
#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/folder/splits.h"
#include "worker/dataset/formats/yolo/data_yaml.h"
#include "worker/dataset/formats/yolo/image_lists.h"
#include "worker/dataset/formats/yolo/yolo.h"
#include "worker/dataset/formats/yolo/yolo_folder.h"
#include "worker/dataset/formats/yolo/yolo_layout.h"

namespace visionops::dataset_folder {

namespace {

using annotations::Findings;
using annotations::LongYoloRows;

constexpr std::int64_t kMaxYamlBytes = 16LL << 20;

std::vector<annotations::Category> categories_of(const DataYaml& yaml, const std::string& file, Findings& findings) {
  const auto& names = yaml.names;
  for (const std::size_t i : repeated(names)) {
    findings.add(
        {"DuplicateClassName", file, "names[" + std::to_string(i) + "]", "\"" + names[i] + "\" stands before"});
  }
  std::vector<annotations::Category> categories;
  for (std::size_t i = 0; i < names.size(); ++i) {
    categories.emplace_back();
    categories.back().id = static_cast<std::int64_t>(i);
    categories.back().name = names[i];
    if (yaml.pose) categories.back().extra = pose_category_keys(*yaml.pose, i);
  }
  return categories;
}

bool is_yolo_label_file(std::string_view path) {
  return has_suffix(path, ".txt") && stands_in(lower(path), "labels") && !is_class_list(path);
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

/// A root on another machine, or beside this folder: what lies there is not read.
void report_root(const SplitPlaces& places, const FolderListing& listing, const std::string& folder,
                 const std::string& file, Findings& findings) {
  std::string_view root = places.path;
  while (root.ends_with('/')) root.remove_suffix(1);
  const std::string_view name = root.substr(root.rfind('/') + 1);
  const bool here = name.empty() || name == "." || name == folder.substr(folder.rfind('/') + 1);
  const bool below = std::ranges::any_of(listing.files(), [&](const auto& f) { return stands_below(f.path, root); });
  if (here || below) return;
  findings.add({"PlaceNotFollowed", file, "path",
                "names " + places.path + ", which was not looked at: the images of this folder were read"});
}

/// Rows that are all equally long may be something else than polygons, and nobody says what.
void report_ambiguous_rows(const LongYoloRows& rows, const std::string& file, Findings& findings) {
  constexpr std::size_t box = 5, oriented = 9;  // values
  const bool like_oriented = rows.values == oriented;
  if (rows.rows == 0 || !rows.equally_long || (!like_oriented && !rows.could_be_keypoints)) return;
  std::string text = "all " + std::to_string(rows.rows) + " rows that are no boxes have " +
                     std::to_string(rows.values) + " values and were read as polygons of " +
                     std::to_string(rows.values / 2) + " points";
  if (like_oriented) text += "; for oriented boxes, add task: obb";
  if (rows.could_be_keypoints) {
    text += "; for a box with keypoints, add kpt_shape: [" + std::to_string((rows.values - box) / 2) + ", 2]";
  }
  findings.add({"AmbiguousRows", file, "", std::move(text)});
}

}  // namespace

bool is_class_list(std::string_view path) {
  const std::string name = lower(path.substr(path.rfind('/') + 1));
  return name == "classes.txt" || name == "predefined_classes.txt";
}

Result<LoadedDataset> load_yolo_layout(storage::StorageClient& store, const std::string& folder,
                                       const FolderListing& listing, const YoloLayout& layout, Findings& findings,
                                       unsigned threads) {
  const auto& yaml = layout.yaml;
  annotations::YoloRowRules rules{.long_rows = yaml.long_rows};
  if (yaml.pose) rules.keypoints = yaml.pose->shape;
  LongYoloRows seen;
  const LabelFileFormat format{
      .format = layout.format,
      .categories = categories_of(yaml, layout.files.front(), findings),
      .annotation_files = layout.files,
      .path_of = annotations::yolo_label_path,
      .is_label_file = is_yolo_label_file,
      .read = [&](std::string_view text, const std::string& file, std::uint32_t image, annotations::Annotations& a,
                  Findings& out) { annotations::read_yolo_labels(text, file, image, a, out, rules, &seen); },
      .labels_folder = "labels",
      .is_other_file = is_class_list};
  auto loaded = load_label_files(store, folder, listing, findings, threads, format);
  if (loaded.ok()) report_ambiguous_rows(seen, layout.files.front(), findings);
  return loaded;
}

Result<LoadedDataset> load_yolo(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                                Findings& findings, unsigned threads) {
  auto found = data_yaml_of(store, folder, listing);
  if (!found) return found.error();
  report_root(found->yaml.places, listing, folder, found->path, findings);
  const YoloLayout layout{Format("YOLO"), std::move(found->yaml), {found->path}};
  return load_yolo_layout(store, folder, listing, layout, findings, threads);
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
