// labelme: x.json beside x.jpg.
#include "worker/dataset/formats/labelme/labelme.h"

#include <algorithm>
#include <memory>
#include <unordered_set>

#include "worker/dataset/folder/load_documents.h"
#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/folder/unread_labels.h"
#include "worker/dataset/formats/format.h"

namespace visionops::formats {

namespace {

using dataset_folder::FolderListing;
using dataset_folder::without_suffix;
using Files = std::vector<const storage::FileInfo*>;

/// The JSON files of folders where one stands beside the image of its name; where there is none, all.
Files documents_of(const FolderListing& listing, const Files& images) {
  std::unordered_set<std::string_view> stems, folders;
  for (const auto* image : images) stems.insert(without_suffix(image->path));
  Files all;
  for (const auto& file : listing.files()) {
    if (!file.path.ends_with(".json") || dataset_folder::is_ours(file.path)) continue;
    all.push_back(&file);
    if (stems.contains(without_suffix(file.path))) folders.insert(dataset_folder::folder_part(file.path));
  }
  const auto elsewhere = [&](const auto* file) { return !folders.contains(dataset_folder::folder_part(file->path)); };
  if (!folders.empty()) std::erase_if(all, elsewhere);
  return all;
}

/// By a JSON file with the name of the image beside it.
dataset_folder::Recognition recognise(const FolderListing& listing) {
  using Certainty = dataset_folder::Recognition::Certainty;
  std::unordered_set<std::string_view> stems;
  for (const auto* image : dataset_folder::image_files(listing)) stems.insert(without_suffix(image->path));
  for (const auto& file : listing.files()) {
    if (!file.path.ends_with(".json") || !stems.contains(without_suffix(file.path))) continue;
    const auto head = listing.head(file.path);  // of the first alone: there may be very many
    if (!head.empty() && head.find("\"shapes\"") == std::string::npos) return {};
    return {Certainty::Named, file.path + " stands beside the image of its name"};
  }
  return {};
}

dataset_folder::OwnsFile owns_file(const FolderListing& listing) {
  auto paths = std::make_shared<std::unordered_set<std::string_view>>();
  for (const auto* file : documents_of(listing, dataset_folder::image_files(listing))) paths->insert(file->path);
  return [paths](std::string_view path) { return paths->contains(path); };
}

std::string key_of(std::string_view path) {
  return std::string(
      without_suffix(dataset_folder::without_folder(path, {"images", "labels", "annotations", "JPEGImages"})));
}

/// As the file says, relative to itself, or beside it.
std::vector<std::string> places_of(std::string_view document, std::string_view named) {
  const auto folder = dataset_folder::folder_part(document);
  std::string plain(named);
  std::ranges::replace(plain, '\\', '/');
  const auto dot = plain.rfind('.');
  return {named.empty() ? std::string() : dataset_folder::followed(folder, named),
          named.empty() ? std::string() : std::string(folder) + std::string(dataset_folder::base_name(plain)),
          std::string(without_suffix(document)) + (dot == std::string::npos ? std::string(".jpg") : plain.substr(dot))};
}

Result<dataset_folder::LoadedDataset> load(storage::StorageClient& store, const std::string& folder,
                                           const FolderListing& listing, annotations::Findings& findings,
                                           unsigned threads) {
  dataset_folder::DocumentFormat format;
  format.format = Format("LabelMe");
  format.images = dataset_folder::image_files(listing);
  format.documents = documents_of(listing, format.images);
  if (format.documents.empty()) return not_found_error("no JSON file (LabelMe)");
  format.key_of = key_of;
  format.name_of = [](std::string_view path) { return dataset_folder::without_folder(path, {"images"}); };
  format.places = places_of;
  format.name_decides = true;
  labelme::LabelmeReader reader;
  format.read = [&reader](std::string_view text, const std::string& file, std::uint32_t image,
                          annotations::Annotations& a,
                          annotations::Findings& found) { return reader.read(text, file, image, a, found); };
  auto loaded = dataset_folder::load_documents(store, folder, threads, findings, format);
  if (!loaded) return loaded;
  const auto was_read = owns_file(listing);
  dataset_folder::report_unread_files(store, folder, listing, was_read, threads, findings);
  return loaded;
}

}  // namespace

extern const AnnotationFormat labelme{
    .name = Format("LabelMe"),
    .layout = "*.json beside its image",
    .reader =
        dataset_folder::FormatReader{
            .recognise = recognise,
            .owns_file = owns_file,
            .load = load,
            .label_files = false,
        },
};

}  // namespace visionops::formats
