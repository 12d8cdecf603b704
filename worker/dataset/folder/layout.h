// The files of a dataset folder. Where each format has its own is told in its folder, worker/dataset/formats/NAME.
// PURE: works on the list of files.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "worker/dataset/folder/choice.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

/// So much of a file is looked at to tell what it is.
inline constexpr std::int64_t kHeadBytes = 64 * 1024;

/// All regular files of a dataset folder; paths are relative to it, sorted bytewise.
class FolderListing {
 public:
  using Head = std::function<std::string(const std::string& path)>;

  FolderListing() = default;
  explicit FolderListing(std::vector<storage::FileInfo> files, std::vector<std::string> links = {}, Head head = {})
      : files_(std::move(files)), links_(std::move(links)), head_(std::move(head)) {}
  [[nodiscard]] const std::vector<storage::FileInfo>& files() const { return files_; }
  /// Symbolic links and special files, which are not followed; what they lead to is not in the listing.
  [[nodiscard]] const std::vector<std::string>& links() const { return links_; }
  /// nullptr when there is no such file.
  [[nodiscard]] const storage::FileInfo* find(std::string_view path) const;
  [[nodiscard]] bool contains(std::string_view path) const { return find(path) != nullptr; }
  /// The first kHeadBytes of a file; "" where they cannot be read, or nobody said how.
  [[nodiscard]] std::string head(const std::string& path) const { return head_ ? head_(path) : std::string(); }
  /// The file of annotations and the folder of images that somebody chose; "" when the layout has to say.
  [[nodiscard]] const std::string& annotation_file() const { return choice_.annotations; }
  [[nodiscard]] const std::string& image_root() const { return choice_.image_root; }

  /// The same folder with a choice made: of images only those below its image root, of files like the chosen one, by
  /// their suffix, only that.
  [[nodiscard]] FolderListing with(const Choice& choice) const;
  /// The files and links that `holds` says.
  [[nodiscard]] FolderListing only(const std::function<bool(std::string_view path)>& holds) const;

 private:
  std::vector<storage::FileInfo> files_;
  std::vector<std::string> links_;
  Head head_;
  Choice choice_;
};

/// Without the platform's own folder (.visionops) and litter (litter.h). NotFound when the folder does not exist. The
/// listing reads heads from `store`, which has to outlive it.
Result<FolderListing> list_dataset(storage::StorageClient& store, const std::string& folder);
/// Whether the platform wrote it: manifest.json, what is in its own folder, and eda.json, which earlier versions put
/// into the data.
bool is_ours(std::string_view path);
/// "raw/street" + "images/a.jpg"; an empty folder is the root of the store.
std::string join(const std::string& folder, const std::string& path);

/// Whether the file stands in no folder.
inline bool in_root(std::string_view path) { return path.find('/') == std::string_view::npos; }
/// Whether the file stands somewhere below the folder; "" is everything.
bool stands_below(std::string_view path, std::string_view folder);
/// Whether a folder of this name leads to the file: "labels" to "labels/a.txt" and "train/labels/a.txt".
bool stands_in(std::string_view path, std::string_view folder);
/// The first names for a message: "a, b, ...".
std::string listed(const std::vector<std::string>& names);

/// Name of an image without its "images" folder: "images/train/a.jpg" and "train/images/a.jpg" are "train/a.jpg".
std::string name_without_images_folder(const std::string& path);

}  // namespace visionops::dataset_folder
