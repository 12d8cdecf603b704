// DOTA: oriented boxes in aerial pictures, a text file for each image. Read, never written.
#include <algorithm>
#include <array>
#include <set>

#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/formats/dota/dota_rows.h"
#include "worker/dataset/formats/format.h"
#include "worker/dataset/model/label_files.h"

namespace visionops::formats {

namespace {

using dataset_folder::FolderListing;

/// As the versions are unpacked, and as mmrotate cuts them.
constexpr std::array<std::string_view, 5> kFolders{"labelTxt", "labelTxt-v1.0", "labelTxt-v1.5", "labelTxt-v2.0",
                                                   "annfiles"};

/// The folder of labels that a file stands in; "" for another file.
std::string_view labels_folder_of(std::string_view path) {
  if (!path.ends_with(".txt")) return {};
  const auto folder =
      std::ranges::find_if(kFolders, [&](std::string_view name) { return dataset_folder::stands_in(path, name); });
  return folder == kFolders.end() ? std::string_view() : *folder;
}

bool is_dota_file(std::string_view path) { return !labels_folder_of(path).empty(); }

/// NotFound when there is none; Invalid when there are several: their labels are versions of each other.
Result<std::string> find_labels_folder(const FolderListing& listing) {
  std::set<std::string> folders;
  for (const auto& file : listing.files()) {
    if (const auto folder = labels_folder_of(file.path); !folder.empty()) folders.emplace(folder);
  }
  if (folders.empty()) return not_found_error("no labelTxt/*.txt (DOTA)");
  if (folders.size() == 1) return *folders.begin();
  return invalid_error("several folders of labels (" +
                       dataset_folder::listed(std::vector<std::string>(folders.begin(), folders.end())) +
                       "): keep the version that is meant");
}

dataset_folder::Recognition recognise(const FolderListing& listing) {
  using Certainty = dataset_folder::Recognition::Certainty;
  const auto folder = find_labels_folder(listing);
  if (folder.ok()) return {Certainty::Fits};  // a data.yaml beside it says what the same pictures were made into
  if (folder.error().cls == ErrorClass::NotFound) return {};
  return {Certainty::Ambiguous, folder.error().message};
}

Result<dataset_folder::LoadedDataset> load(storage::StorageClient& store, const std::string& folder,
                                           const FolderListing& listing, annotations::Findings& findings,
                                           unsigned threads) {
  const auto labels = find_labels_folder(listing);
  if (!labels) return labels.error();
  const dataset_folder::LabelFileFormat format{
      .format = Format("DOTA"),
      .categories = {},
      .annotation_files = {},
      .path_of = [&](std::string_view image) { return annotations::label_path(image, *labels); },
      .is_label_file = is_dota_file,
      .read = annotations::read_dota_rows,
      .labels_folder = *labels};
  return dataset_folder::load_label_files(store, folder, listing, findings, threads, format);
}

}  // namespace

extern const AnnotationFormat dota{
    .name = Format("DOTA"),
    .layout = "labelTxt/*.txt",
    .reader =
        dataset_folder::FormatReader{
            .recognise = recognise,
            .owns_file = [](const FolderListing&) { return dataset_folder::OwnsFile(is_dota_file); },
            .load = load,
            .label_files = true,
        },
};

}  // namespace visionops::formats
