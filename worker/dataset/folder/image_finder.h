// Finds the files of images that annotation files name, by path, by what a name has in common with them, by base name.
// PURE: works on the list of files.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "worker/dataset/folder/layout.h"

namespace visionops::dataset_folder {

/// "a/b.jpg" -> "a/b"; a leading dot begins no suffix.
std::string_view without_suffix(std::string_view path);
/// "a/b.jpg" -> "b.jpg"
inline std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }
/// "a/b.jpg" -> "a/"; "" in the root.
inline std::string_view folder_part(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }
/// The path with `other` instead of the last folder that has one of these names; without that folder when `other` is
/// "": "x/JPEGImages/a.jpg" -> "x/a.jpg". Where there is none, the path.
std::string replaced_folder(std::string_view path, std::initializer_list<std::string_view> names,
                            std::string_view other);
inline std::string without_folder(std::string_view path, std::initializer_list<std::string_view> names) {
  return replaced_folder(path, names, "");
}
/// `name`, as tools write it, from `folder` ("" or "a/b/"): backslashes are slashes, "." and ".." are followed. "" when
/// it leads out of the dataset folder, or is absolute.
std::string followed(std::string_view folder, std::string_view name);

/// Constant after its making; the listing must outlive it.
class ImageFinder {
 public:
  using Key = std::function<std::string(std::string_view path)>;
  /// `key_of`: what an image and its annotation file have in common.
  ImageFinder(std::vector<const storage::FileInfo*> images, const Key& key_of);

  [[nodiscard]] const std::vector<const storage::FileInfo*>& images() const { return images_; }
  /// Those with this key, in the order of their paths.
  [[nodiscard]] const std::vector<const storage::FileInfo*>& with_key(const std::string& key) const;
  /// nullptr when there is no such image.
  [[nodiscard]] const storage::FileInfo* at(const std::string& path) const;
  /// The only image of this base name (the name may have folders), exactly or else without regard to the case of ASCII
  /// letters; nullptr when there is none, or several.
  [[nodiscard]] const storage::FileInfo* called(std::string_view name) const;

 private:
  std::vector<const storage::FileInfo*> images_;
  std::unordered_map<std::string, std::vector<const storage::FileInfo*>> by_key_;
  std::unordered_map<std::string_view, const storage::FileInfo*> by_path_;
  std::unordered_map<std::string, const storage::FileInfo*> by_name_, by_lower_name_;  ///< nullptr: several
};

}  // namespace visionops::dataset_folder
