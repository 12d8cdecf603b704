#include "worker/layout/new_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <system_error>
#include <utility>

#include "base/posix/small_files.h"
#include "base/relative_path.h"

namespace visionops::layout {

namespace fs = std::filesystem;

Status remove_tree(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  return error ? Status(retry_error("cannot remove " + path.string() + ": " + error.message())) : Status();
}

Status make_real_folder(const fs::path& folder) {
  std::error_code ignored;
  const auto type = fs::symlink_status(folder, ignored).type();
  if (type == fs::file_type::directory) return {};
  if (type != fs::file_type::not_found) {
    if (auto removed = remove_tree(folder); !removed) return removed;
  }
  return make_folders(folder);
}

Result<NewFolder> NewFolder::begin(const fs::path& place) {
  NewFolder folder(place, place.parent_path() / ("." + place.filename().string() + ".new"));
  if (auto removed = remove_tree(folder.building_); !removed) return removed.error();
  if (auto made = make_folders(folder.building_); !made) return made.error();
  return folder;
}

NewFolder::~NewFolder() {
  if (!building_.empty()) (void)remove_tree(building_);  // what stays is removed by the next builder
}

Status NewFolder::make(const std::string& folder) {
  if (const auto problem = relative_path_problem(folder)) return invalid_error(folder + ": " + *problem);
  if (!made_.insert(folder).second) return {};
  return make_folders(building_ / folder);
}

Status NewFolder::make_parent_of(const std::string& path) {
  if (const auto problem = relative_path_problem(path)) return invalid_error(path + ": " + *problem);
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? Status() : make(path.substr(0, slash));
}

Status NewFolder::write(const std::string& path, std::string_view text) {
  if (auto made = make_parent_of(path); !made) return made;
  const auto file = open_file(building_ / path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
  if (!file) return file.error();
  return write_all(file->get(), text, building_ / path);
}

Status NewFolder::link(const std::string& path, const std::string& target) {
  if (auto made = make_parent_of(path); !made) return made;
  const auto full = building_ / path;
  return ::symlink(target.c_str(), full.c_str()) == 0 ? Status() : Status(system_error("cannot make the link", full));
}

Status NewFolder::finish() {
  if (auto removed = remove_tree(place_); !removed) return removed;
  if (::rename(building_.c_str(), place_.c_str()) != 0) return system_error("cannot rename to", place_);
  building_.clear();
  return {};
}

}  // namespace visionops::layout
