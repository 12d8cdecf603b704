// Datumaro's own JSON.
#include "worker/dataset/formats/datumaro/datumaro.h"

#include <algorithm>

#include "worker/dataset/folder/settle_images.h"
#include "worker/dataset/folder/splits.h"
#include "worker/dataset/folder/unread_labels.h"
#include "worker/dataset/formats/few_json_files.h"
#include "worker/dataset/formats/format.h"
#include "worker/dataset/images/image_header.h"

namespace visionops::formats {

namespace {

using dataset_folder::FolderListing;
using dataset_folder::LoadedDataset;

/// Those that say by their first bytes what they are.
std::vector<std::string> files_of(const FolderListing& listing) {
  return few_json_files(
      listing, [](std::string_view path) { return dataset_folder::in_root(path) || path.starts_with("annotations/"); },
      [&](const std::string& file) { return datumaro::looks_like_datumaro(listing.head(file)); });
}

Split split_of(const std::string& file) {
  const auto name = dataset_folder::without_suffix(dataset_folder::base_name(file));
  return dataset_folder::split_named(dataset_folder::split_word(name));
}

dataset_folder::Recognition recognise(const FolderListing& listing) {
  using Certainty = dataset_folder::Recognition::Certainty;
  const auto files = files_of(listing);
  if (files.empty()) return {};
  return {Certainty::Named, files.front() + " has the keys of Datumaro"};
}

dataset_folder::OwnsFile owns_file(const FolderListing& listing) {
  return [files = files_of(listing)](std::string_view path) { return std::ranges::find(files, path) != files.end(); };
}

/// A file is a split; its images stand in a folder of its name, or with those of the others.
Result<dataset_folder::FolderParts> parts(storage::StorageClient&, const std::string&, const FolderListing& listing) {
  dataset_folder::FolderParts out;
  const auto files = files_of(listing);
  for (const auto& file : files) {
    const std::string own(dataset_folder::without_suffix(dataset_folder::base_name(file)));
    out.parts.push_back(
        {.split = split_of(file), .place = file, .annotations = file, .holds = [=](std::string_view path) {
           if (std::ranges::find(files, path) != files.end()) return path == file;
           const auto below = path.starts_with("images/") ? path.substr(7) : path;
           const auto folder = below.substr(0, std::min(below.find('/'), below.size()));
           const bool of_other = std::ranges::any_of(files, [&](const std::string& other) {
             return other != file && dataset_folder::without_suffix(dataset_folder::base_name(other)) == folder &&
                    folder != own;
           });
           return !annotations::has_image_suffix(path) || !of_other;
         }});
  }
  return out;
}

Result<std::string> file_of(const FolderListing& listing) {
  if (!listing.annotation_file().empty()) return listing.annotation_file();
  const auto files = files_of(listing);
  if (files.size() == 1) return files.front();
  if (files.empty()) return not_found_error("no annotations/*.json with the keys of Datumaro");
  return invalid_error("several Datumaro files (" + dataset_folder::listed(files) +
                       "): say by --annotations or spec.annotations which one is meant");
}

Result<LoadedDataset> load(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                           annotations::Findings& findings, unsigned threads) {
  const auto file = file_of(listing);
  if (!file) return file.error();
  LoadedDataset loaded;
  loaded.annotations.source_format = Format("Datumaro");
  loaded.annotation_files = {*file};
  datumaro::DatumaroReader reader(loaded, listing, *file, findings);
  annotations::JsonSplitter splitter({"items"},
                                     [&reader](const annotations::JsonElement& e) { return reader.take(e); });
  const auto read = store.read_chunks(dataset_folder::join(folder, *file), dataset_folder::kMaxAnnotationBytes,
                                      [&splitter](std::string_view bytes) { return splitter.feed(bytes); });
  if (!read) return read.error();
  if (auto finished = splitter.finish(); !finished) return finished.error().in(*file);
  reader.finish();
  if (auto settled = settle_images(store, folder, loaded, findings, threads); !settled) return settled.error();
  const auto was_read = [&file](std::string_view path) { return path == *file; };
  dataset_folder::report_unread_files(store, folder, listing, was_read, threads, findings);
  return loaded;
}

}  // namespace

extern const AnnotationFormat datumaro{
    .name = Format("Datumaro"),
    .layout = "annotations/*.json of Datumaro",
    .reader =
        dataset_folder::FormatReader{
            .recognise = recognise,
            .owns_file = owns_file,
            .load = load,
            .label_files = false,
            .one_file = true,
            .parts = parts,
        },
};

}  // namespace visionops::formats
