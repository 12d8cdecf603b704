// The files of a dataset folder. Where each format has its own is told in its folder, worker/dataset/formats/NAME.
// PURE: works on the list of files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

/// All regular files of a dataset folder; paths are relative to it, sorted bytewise.
class FolderListing {
 public:
  FolderListing() = default;
  explicit FolderListing(std::vector<storage::FileInfo> files, std::vector<std::string> links = {})
      : files_(std::move(files)), links_(std::move(links)) {}
  [[nodiscard]] const std::vector<storage::FileInfo>& files() const { return files_; }
  /// Symbolic links and special files, which are not followed; what they lead to is not in the listing.
  [[nodiscard]] const std::vector<std::string>& links() const { return links_; }
  /// nullptr when there is no such file.
  [[nodiscard]] const storage::FileInfo* find(std::string_view path) const;
  [[nodiscard]] bool contains(std::string_view path) const { return find(path) != nullptr; }

 private:
  std::vector<storage::FileInfo> files_;
  std::vector<std::string> links_;
};

/// Without the platform's own folder (.visionops). NotFound when the folder does not exist.
Result<FolderListing> list_dataset(storage::StorageClient& store, const std::string& folder);
/// Whether the platform wrote it: manifest.json, what is in its own folder, and eda.json, which earlier versions put
/// into the data.
bool is_ours(std::string_view path);
/// "raw/street" + "images/a.jpg"; an empty folder is the root of the store.
std::string join(const std::string& folder, const std::string& path);

/// Whether the file stands in no folder.
inline bool in_root(std::string_view path) { return path.find('/') == std::string_view::npos; }
/// Whether a folder of this name leads to the file: "labels" to "labels/a.txt" and "train/labels/a.txt".
bool stands_in(std::string_view path, std::string_view folder);
/// The first names for a message: "a, b, ...".
std::string listed(const std::vector<std::string>& names);

/// Name of an image without its "images" folder: "images/train/a.jpg" and "train/images/a.jpg" are "train/a.jpg".
std::string name_without_images_folder(const std::string& path);

}  // namespace visionops::dataset_folder
