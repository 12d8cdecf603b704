#include "worker/dataset/data_files.h"

#include "worker/dataset/formats/format.h"
#include "worker/dataset/images/image_header.h"
#include "worker/dataset/select.h"

namespace visionops::dataset_folder {

std::vector<storage::FileInfo> data_files(const FolderListing& listing, Format format) {
  const auto* reader = formats::reader_of(format);
  const OwnsFile owns =
      reader != nullptr ? reader->owns_file(listing) : OwnsFile([](std::string_view) { return false; });
  std::vector<storage::FileInfo> out;
  for (const auto& file : listing.files()) {
    if (is_ours(file.path)) continue;
    const bool image = file.path.starts_with("images/") || annotations::has_image_suffix(file.path);
    if (image || owns(file.path)) out.push_back(file);
  }
  return out;
}

Result<std::vector<storage::FileInfo>> chosen_files(storage::StorageClient& store, const std::string& folder,
                                                    Format format, const Choice& choice) {
  const auto selected = select_dataset(store, folder, format, choice);
  if (!selected) return in_folder(selected.error(), folder);
  return data_files(selected->listing, format);
}

Result<DigestedFolder> digest_dataset(storage::StorageClient& store, const std::string& folder, Format format,
                                      unsigned threads, const Choice& choice) {
  const auto files = chosen_files(store, folder, format, choice);
  if (!files) return files.error();
  return digest_files(store, folder, *files, threads);
}

}  // namespace visionops::dataset_folder
