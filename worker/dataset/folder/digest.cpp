#include "worker/dataset/folder/digest.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/digest.h"
#include "worker/dataset/folder/layout.h"
#include "worker/dataset/folder/parallel_for.h"
#include "worker/dataset/images/image_header.h"

namespace visionops::dataset_folder {

namespace {

std::string_view stem(std::string_view path) {
  const auto dot = path.rfind('.');
  const auto slash = path.rfind('/');
  return dot == std::string_view::npos || (slash != std::string_view::npos && dot < slash) ? path : path.substr(0, dot);
}

/// "a" of each image "a.jpg".
std::unordered_set<std::string_view> image_stems(const FolderListing& listing) {
  std::unordered_set<std::string_view> stems;
  for (const auto& file : listing.files()) {
    if (annotations::has_image_suffix(file.path)) stems.insert(stem(file.path));
  }
  return stems;
}

}  // namespace

std::string dataset_digest(std::vector<DataFile> files) {
  std::sort(files.begin(), files.end(), [](const DataFile& a, const DataFile& b) { return a.path < b.path; });
  Sha256 hash;
  for (const DataFile& file : files) {
    hash.update(file.path + "\t" + std::to_string(file.size) + "\t" + file.sha256 + "\n");
  }
  return "sha256:" + hash.hex();
}

std::vector<storage::FileInfo> data_files(const FolderListing& listing, Format format) {
  const auto stems = format == Format::YOLO ? image_stems(listing) : std::unordered_set<std::string_view>{};
  std::vector<storage::FileInfo> out;
  for (const auto& file : listing.files()) {
    const bool beside_image = file.path.ends_with(".txt") && stems.contains(stem(file.path));
    if (beside_image || is_data_file(file.path, format)) out.push_back(file);
  }
  return out;
}

std::string listing_fingerprint(const std::vector<storage::FileInfo>& files) {
  Sha256 hash;
  for (const auto& file : files) {
    hash.update(file.path + "\t" + std::to_string(file.size) + "\t" + std::to_string(file.mtime_ns) + "\n");
  }
  return "listing:" + hash.hex();
}

Result<DigestedFolder> digest_files(storage::StorageClient& store, const std::string& folder,
                                    const std::vector<storage::FileInfo>& files, unsigned threads,
                                    const std::vector<DataFile>& known) {
  std::unordered_map<std::string_view, const DataFile*> digests;
  for (const DataFile& file : known) digests.emplace(file.path, &file);
  DigestedFolder out;
  for (const auto& file : files) {
    const auto found = digests.find(file.path);
    out.files.push_back(found == digests.end() ? DataFile{file.path, 0, "", 0} : *found->second);
    out.files.back().mtime_ns = file.mtime_ns;
  }
  std::vector<Error> errors(out.files.size(), Error{});
  parallel_for(out.files.size(), threads, [&](std::size_t i) {
    DataFile& file = out.files[i];
    if (!file.sha256.empty()) return;
    auto digest = store.digest(join(folder, file.path));
    if (!digest) {
      errors[i] = digest.error();
      return;
    }
    file.size = digest->size;
    file.sha256 = std::move(digest->sha256);
  });
  for (std::size_t i = 0; i < out.files.size(); ++i) {
    if (out.files[i].sha256.empty()) return errors[i];
    out.size_bytes += out.files[i].size;
  }
  out.digest = dataset_digest(out.files);
  return out;
}

Result<DigestedFolder> digest_dataset(storage::StorageClient& store, const std::string& folder, Format format,
                                      unsigned threads) {
  const auto listing = list_dataset(store, folder);
  if (!listing) return listing.error();
  return digest_files(store, folder, data_files(*listing, format), threads);
}

}  // namespace visionops::dataset_folder
