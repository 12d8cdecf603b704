// LocalStore::list and the lexical path check.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "base/relative_path.h"
#include "worker/storage/beneath/open_beneath.h"
#include "worker/storage/beneath/system_error.h"
#include "worker/storage/local/local_store.h"

namespace visionops::storage {

namespace {

bool is_dot(const char* name) { return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0')); }

FileInfo info_of(std::string path, const struct stat& s) {
  return {std::move(path), s.st_size, s.st_mtim.tv_sec * 1'000'000'000LL + s.st_mtim.tv_nsec, S_ISDIR(s.st_mode)};
}

/// Regular files and folders directly in `folder`, unsorted; links and special files are left out.
Status entries_of(int root, const std::string& folder, std::vector<FileInfo>& out, std::vector<std::string>* links) {
  auto fd = open_folder(root, folder, false);
  if (!fd) return fd.error();
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(fd->get()), ::closedir);
  if (!entries) return system_error(errno, folder);
  fd->release();
  while (const dirent* entry = ::readdir(entries.get())) {
    if (is_dot(entry->d_name) || std::string_view(entry->d_name).starts_with(kTemporaryPrefix)) continue;
    struct stat s {};
    if (::fstatat(::dirfd(entries.get()), entry->d_name, &s, AT_SYMLINK_NOFOLLOW) != 0) continue;  // removed meanwhile
    std::string path = folder.empty() ? entry->d_name : folder + "/" + entry->d_name;
    if (S_ISREG(s.st_mode) || S_ISDIR(s.st_mode)) {
      out.push_back(info_of(std::move(path), s));
    } else if (links != nullptr) {
      links->push_back(std::move(path));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<FileInfo>> LocalStore::list(const std::string& folder, bool recursive,
                                               std::vector<std::string>* links) {
  if (auto checked = check_relative_path(folder); !folder.empty() && !checked) return checked.error();
  std::vector<FileInfo> out;
  std::vector<std::string> pending{folder};
  while (!pending.empty()) {
    std::vector<FileInfo> entries;
    const auto read = entries_of(root_.get(), pending.back(), entries, links);
    const bool first = out.empty() && pending.size() == 1 && pending.back() == folder;
    pending.pop_back();
    if (!read && (first || read.error().cls != ErrorClass::NotFound)) return read.error();
    for (FileInfo& entry : entries) {
      if (entry.directory && recursive) {
        pending.push_back(entry.path);
      } else {
        out.push_back(std::move(entry));
      }
    }
  }
  if (links != nullptr) std::ranges::sort(*links);
  std::sort(out.begin(), out.end(), [](const FileInfo& a, const FileInfo& b) { return a.path < b.path; });
  return out;
}

Status check_relative_path(std::string_view path) {
  if (const auto problem = relative_path_problem(path)) {
    return invalid_error("path \"" + std::string(path.substr(0, 200)) + "\" " + *problem);
  }
  for (std::size_t at = path.find(kTemporaryPrefix); at != std::string_view::npos;
       at = path.find(kTemporaryPrefix, at + 1)) {
    if (at == 0 || path[at - 1] == '/') {
      return invalid_error("path \"" + std::string(path.substr(0, 200)) + "\" has a name reserved for temporary files");
    }
  }
  return {};
}

}  // namespace visionops::storage
