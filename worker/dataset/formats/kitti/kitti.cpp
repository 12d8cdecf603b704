// KITTI object detection: image_2/ and label_2/, possibly below training/.
#include "worker/dataset/formats/kitti/kitti.h"

#include <algorithm>

#include "worker/dataset/folder/image_finder.h"
#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/formats/format.h"
#include "worker/dataset/images/image_header.h"

namespace visionops::formats {

namespace {

using annotations::Annotations;
using annotations::WriteOptions;
using dataset_folder::FolderListing;
using dataset_folder::stands_in;

constexpr const char* kLabels = "label_2";

bool is_label_file(std::string_view path) { return path.ends_with(".txt") && stands_in(path, kLabels); }
bool is_list(std::string_view path) { return path.ends_with(".txt") && path.starts_with("ImageSets/"); }

bool has(const FolderListing& listing, bool (*is)(std::string_view)) {
  return std::ranges::any_of(listing.files(), [is](const auto& file) { return is(file.path); });
}

/// "training/image_2/a.png" and "images/a.png" -> ".../label_2/a.txt"
std::string label_path_of(std::string_view image) {
  const auto path = dataset_folder::replaced_folder(image, {"image_2", "images"}, kLabels);
  return std::string(dataset_folder::without_suffix(path)) + ".txt";
}

/// Those of other cameras and moments, of calibration and lasers: nothing of them is an annotation.
bool is_of_other_sensors(std::string_view path) {
  constexpr std::array folders{"image_0", "image_1", "image_3", "prev_2", "prev_3", "calib", "velodyne", "planes"};
  return std::ranges::any_of(folders, [path](const char* folder) { return stands_in(path, folder); });
}

bool in_image_2(std::string_view path) { return stands_in(path, "image_2"); }

/// What belongs to the left colour camera; other pictures are named.
FolderListing left_camera(const FolderListing& listing, annotations::Findings& findings) {
  const bool named = has(listing, in_image_2);
  return listing.only([&](std::string_view path) {
    const bool image = annotations::has_image_suffix(path);
    const bool other = is_of_other_sensors(path) || (image && named && !in_image_2(path));
    if (image && other) {
      findings.add({"OrphanImage", std::string(path), "", "is not of image_2, whose labels are read"});
    }
    return !other;
  });
}

std::vector<std::string> lists_in(const FolderListing& listing) {
  std::vector<std::string> lists;
  for (const auto& file : listing.files()) {
    if (is_list(file.path)) lists.push_back(file.path);
  }
  return lists;
}

dataset_folder::Recognition recognise(const FolderListing& listing) {
  using Certainty = dataset_folder::Recognition::Certainty;
  if (!has(listing, is_label_file)) return {};
  return {Certainty::Named, "label_2/ is a folder of KITTI"};
}

dataset_folder::OwnsFile owns_file(const FolderListing&) {
  return [](std::string_view path) { return is_label_file(path) || is_list(path) || in_image_2(path); };
}

Result<dataset_folder::LoadedDataset> load(storage::StorageClient& store, const std::string& folder,
                                           const FolderListing& all, annotations::Findings& findings,
                                           unsigned threads) {
  if (!has(all, is_label_file)) return not_found_error("no label_2/*.txt (KITTI)");
  const auto listing = left_camera(all, findings);
  annotations::CategoryNames names;
  const dataset_folder::LabelFileFormat format{
      .format = Format("KITTI"),
      .categories = {},
      .annotation_files = lists_in(listing),
      .path_of = label_path_of,
      .is_label_file = is_label_file,
      .read = [&names](std::string_view text, const std::string& file, std::uint32_t image, Annotations& a,
                       annotations::Findings& found) { kitti::read_kitti_rows(text, file, image, a, names, found); }};
  auto loaded = dataset_folder::load_label_files(store, folder, listing, findings, threads, format);
  if (!loaded) return loaded;
  for (auto& image : loaded->annotations.images) {
    image.file_name = dataset_folder::without_folder(image.path, {"image_2", "images"});
  }
  annotations::sort_categories(loaded->annotations);
  return loaded;
}

std::string text_of(const Annotations& a, std::uint32_t, std::span<const std::uint32_t> objects, const WriteOptions&) {
  return kitti::write_kitti_rows(a, objects);
}

/// A list of the split, as tools for KITTI read it: the names of the images without suffix.
std::vector<annotations::TextFile> dataset_files(const Annotations& a, const WriteOptions& options) {
  std::string list;
  for (const auto& image : a.images) {
    list += dataset_folder::without_suffix(dataset_folder::without_folder(image.path, {"image_2", "images"}));
    list += '\n';
  }
  std::string name(options.split == Split::None ? "all" : enum_name(options.split));
  name.front() = static_cast<char>(name.front() | 0x20);
  return {{"ImageSets/" + name + ".txt", list}};
}

constexpr annotations::ImageTextFile kRows{.path_of = label_path_of, .text_of = text_of};

}  // namespace

extern const AnnotationFormat kitti{
    .name = Format("KITTI"),
    .layout = "label_2/*.txt",
    .loses = "Objects, Masks, Crowd, Ignore, Attributes, Keypoints, UnknownKeys",
    .reader =
        dataset_folder::FormatReader{
            .recognise = recognise,
            .owns_file = owns_file,
            .load = load,
            .label_files = true,
        },
    .writer =
        annotations::FormatWriter{
            .loss = kitti::kitti_loss,
            .keeps = kitti::kitti_keeps,
            .needs_size = false,
            .dataset_files = dataset_files,
            .image_file = &kRows,
            .images_folder = "image_2/",
        },
};

}  // namespace visionops::formats
