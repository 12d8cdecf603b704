// CVAT for images 1.1.
#include "worker/dataset/formats/cvat/cvat.h"

#include "worker/dataset/folder/settle_images.h"
#include "worker/dataset/folder/unread_labels.h"
#include "worker/dataset/formats/format.h"

namespace visionops::formats {

namespace {

using dataset_folder::FolderListing;
using dataset_folder::LoadedDataset;

/// The chosen one, or the one with the name that CVAT gives.
std::string file_of(const FolderListing& listing) {
  return listing.annotation_file().empty() ? "annotations.xml" : listing.annotation_file();
}

dataset_folder::Recognition recognise(const FolderListing& listing) {
  using Certainty = dataset_folder::Recognition::Certainty;
  const auto file = file_of(listing);
  if (!file.ends_with(".xml") || !listing.contains(file)) return {};
  return {Certainty::Named, file + " is the name that CVAT gives"};
}

dataset_folder::OwnsFile owns_file(const FolderListing& listing) {
  return [file = file_of(listing)](std::string_view path) { return path == file; };
}

/// Subsets stand in the file; whatever its folders are called, they are one dataset.
Result<dataset_folder::FolderParts> parts(storage::StorageClient&, const std::string&, const FolderListing&) {
  return dataset_folder::FolderParts{};
}

Result<LoadedDataset> load(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                           annotations::Findings& findings, unsigned threads) {
  const auto file = file_of(listing);
  if (!listing.contains(file)) return not_found_error("no annotations.xml (CVAT)");
  LoadedDataset loaded;
  loaded.annotations.source_format = Format("CVAT");
  loaded.annotation_files = {file};
  cvat::CvatReader reader(loaded, listing, file, findings);
  annotations::XmlElements xml([&reader](const annotations::XmlNode& root, const annotations::XmlNode& child) {
    return reader.take(root, child);
  });
  const auto read = store.read_chunks(dataset_folder::join(folder, file), dataset_folder::kMaxAnnotationBytes,
                                      [&xml](std::string_view bytes) { return xml.feed(bytes); });
  if (!read) return read.error();
  if (auto finished = xml.finish(); !finished) return finished.error().in(file);
  if (auto ours = cvat::check_root(xml.root()); !ours) return ours.error().in(file);
  if (auto finished = reader.finish(); !finished) return finished.error();
  if (auto settled = settle_images(store, folder, loaded, findings, threads); !settled) return settled.error();
  const auto was_read = [&file](std::string_view path) { return path == file; };
  dataset_folder::report_unread_files(store, folder, listing, was_read, threads, findings);
  return loaded;
}

}  // namespace

extern const AnnotationFormat cvat{
    .name = Format("CVAT"),
    .layout = "annotations.xml",
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
