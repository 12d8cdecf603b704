// A folder that appears whole or not at all: it is built under another name beside its place.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/result.h"

namespace visionops::layout {

/// Nobody else may write in its parent meanwhile. Not thread-safe. Errors of the file system are Retry and name the
/// path; paths are relative, checked as untrusted ones, and folders on the way are made.
class NewFolder {
 public:
  /// Removes what a killed builder of the same place left.
  static Result<NewFolder> begin(const std::filesystem::path& place);
  NewFolder(NewFolder&&) = default;
  NewFolder& operator=(NewFolder&&) = delete;
  ~NewFolder();

  Status make(const std::string& folder);
  Status write(const std::string& path, std::string_view text);
  /// A symbolic link with any text.
  Status link(const std::string& path, const std::string& target);
  /// Takes the place, and removes what stood there.
  Status finish();

  [[nodiscard]] const std::filesystem::path& path() const { return building_; }

 private:
  NewFolder(std::filesystem::path place, std::filesystem::path building)
      : place_(std::move(place)), building_(std::move(building)) {}
  Status make_parent_of(const std::string& path);

  std::filesystem::path place_;
  std::filesystem::path building_;  ///< empty: finished, or moved from
  std::unordered_set<std::string> made_;
};

/// Removes a folder or a file with all that is in it, where links are removed and not followed. Fine when it is not
/// there.
Status remove_tree(const std::filesystem::path& path);
/// Makes the folder, in place of anything else of that name: what a trainer left there may be a link to somewhere.
Status make_real_folder(const std::filesystem::path& folder);

}  // namespace visionops::layout
