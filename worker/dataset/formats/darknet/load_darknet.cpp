#include <algorithm>
#include <charconv>

#include "worker/dataset/formats/darknet/class_list.h"
#include "worker/dataset/formats/darknet/darknet_folder.h"
#include "worker/dataset/formats/yolo/image_lists.h"
#include "worker/dataset/formats/yolo/yolo_layout.h"

namespace visionops::dataset_folder {

namespace {

constexpr std::int64_t kMaxTextBytes = 16LL << 20;

/// The file of the folder that a path of another machine means: "data/obj.names" is obj.names. By its longest tail.
Result<std::string> file_here(const FolderListing& listing, std::string_view path) {
  for (auto tail = path;;) {
    if (listing.contains(tail)) return std::string(tail);
    const auto slash = tail.find('/');
    if (slash == std::string_view::npos) return not_found_error("names: " + std::string(path) + " is not here");
    tail.remove_prefix(slash + 1);
  }
}

Status check_count(const DarknetOptions& options, const std::vector<std::string>& names) {
  if (options.classes.empty()) return {};
  std::size_t count = 0;
  const char* end = options.classes.data() + options.classes.size();
  const auto [at, error] = std::from_chars(options.classes.data(), end, count);
  if (error == std::errc() && at == end && count == names.size()) return {};
  return invalid_error("classes: is " + options.classes + ", the list of names has " + std::to_string(names.size()));
}

/// A list that is not here says nothing; its folders may.
std::vector<std::string> places(const FolderListing& listing, const std::string& given) {
  const auto file = given.empty() ? Result<std::string>(not_found_error("")) : file_here(listing, given);
  return file.ok() ? std::vector{*file} : std::vector<std::string>{};
}

/// What obj.data says, in the terms of a data.yaml.
Result<YoloLayout> layout_by_data(storage::StorageClient& store, const std::string& folder,
                                  const FolderListing& listing, const std::string& file) {
  const auto text = store.read(join(folder, file), kMaxTextBytes);
  if (!text) return text.error();
  const auto options = read_darknet_options(*text);
  if (!options) return options.error().in(file);
  if (options->names.empty()) return invalid_error(file + ": names: is required");
  const auto names_file = file_here(listing, options->names);
  if (!names_file) return names_file.error().in(file);
  const auto names_text = store.read(join(folder, *names_file), kMaxTextBytes);
  if (!names_text) return names_text.error();
  auto names = read_class_list(*names_text);
  if (!names) return names.error().in(*names_file);
  if (auto counted = check_count(*options, *names); !counted) return counted.error().in(file);
  YoloLayout layout{.format = Format("Darknet"), .yaml = {.names = *std::move(names)}, .files = {*names_file, file}};
  layout.yaml.places.train = places(listing, options->train);
  layout.yaml.places.val = places(listing, options->valid);
  layout.yaml.places.test = places(listing, options->test);
  for (const auto* split : {&layout.yaml.places.train, &layout.yaml.places.val, &layout.yaml.places.test}) {
    layout.files.insert(layout.files.end(), split->begin(), split->end());
  }
  return layout;
}

Result<YoloLayout> layout_by_names(storage::StorageClient& store, const std::string& folder, const std::string& file) {
  const auto text = store.read(join(folder, file), kMaxTextBytes);
  if (!text) return text.error();
  auto names = read_class_list(*text);
  if (!names) return names.error().in(file);
  return YoloLayout{.format = Format("Darknet"), .yaml = {.names = *std::move(names)}, .files = {file}};
}

Result<YoloLayout> layout_of(storage::StorageClient& store, const std::string& folder, const FolderListing& listing) {
  const auto files = find_darknet_files(listing);
  if (!files) return files.error();
  return files->data.empty() ? layout_by_names(store, folder, files->names)
                             : layout_by_data(store, folder, listing, files->data);
}

}  // namespace

Result<FolderParts> darknet_parts(storage::StorageClient& store, const std::string& folder,
                                  const FolderListing& listing) {
  const auto layout = layout_of(store, folder, listing);
  if (!layout) return layout.error();
  auto by_lists = listed_parts(store, folder, listing, layout->yaml.places);
  if (!by_lists || by_lists->by_lists) return by_lists;
  return parts_of_images(listing, {}, [files = layout->files](std::string_view path) {
    return std::ranges::find(files, path) != files.end();
  });
}

Result<LoadedDataset> load_darknet(storage::StorageClient& store, const std::string& folder,
                                   const FolderListing& listing, annotations::Findings& findings, unsigned threads) {
  const auto layout = layout_of(store, folder, listing);
  if (!layout) return layout.error();
  return load_yolo_layout(store, folder, listing, *layout, findings, threads);
}

}  // namespace visionops::dataset_folder
