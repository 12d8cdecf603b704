#include "worker/exec/follow/job_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>

#include "worker/contract/prepared_run.h"
#include "worker/framework/checkpoints/path_pattern.h"
#include "worker/storage/beneath/open_beneath.h"
#include "worker/storage/beneath/system_error.h"

namespace visionops::exec {

namespace {

constexpr std::size_t kMostEntries = 16 * 1024;  // of one folder
constexpr int kDeepest = 8;
constexpr std::size_t kReadBytes = 256 * 1024;

FileMark mark_of(const struct stat& info) {
  return {info.st_ino, info.st_size, info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec};
}

std::vector<std::string> names_in(int folder) {
  std::vector<std::string> out;
  const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
  while (const dirent* entry = entries && out.size() < kMostEntries ? ::readdir(entries.get()) : nullptr) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") out.push_back(name);
  }
  std::ranges::sort(out);
  return out;
}

std::optional<struct stat> stat_of(int folder, const std::string& name) {
  struct stat info {};
  if (::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return info;
}

FileDescriptor folder_in(int folder, const std::string& name) {
  return FileDescriptor(::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

std::string joined(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

/// What the step before this one put there is nothing that the trainer has made.
bool was_prepared(const std::string& name) {
  return std::ranges::find(contract::kPreparedFolders, name) != contract::kPreparedFolders.end();
}

/// What is left of a pattern, applied to what lies in `folder`.
void find_in(int folder, const std::string& path, std::string_view pattern, bool folders, std::vector<FoundFile>& out) {
  const auto slash = pattern.find('/');
  const auto name_pattern = pattern.substr(0, slash);
  const bool last = slash == std::string_view::npos;
  const auto names = name_pattern.find('*') == std::string_view::npos
                         ? std::vector<std::string>{std::string(name_pattern)}
                         : names_in(folder);
  for (const auto& name : names) {
    if (out.size() >= kMostFoundPaths) return;
    if (!framework::matches(name_pattern, name) || (path.empty() && was_prepared(name))) continue;
    const auto info = stat_of(folder, name);
    if (!info) continue;
    if (last && (folders ? S_ISDIR(info->st_mode) : S_ISREG(info->st_mode))) {
      out.push_back({joined(path, name), mark_of(*info)});
    } else if (!last && S_ISDIR(info->st_mode)) {
      const auto next = folder_in(folder, name);
      if (next) find_in(next.get(), joined(path, name), pattern.substr(slash + 1), folders, out);
    }
  }
}

Status collect(int folder, const std::string& path, int depth, std::vector<FoundFile>& out) {
  if (depth > kDeepest) return invalid_error(path + ": lies deeper than " + std::to_string(kDeepest) + " folders");
  for (const auto& name : names_in(folder)) {
    const auto info = stat_of(folder, name);
    if (!info) continue;
    if (S_ISREG(info->st_mode)) out.push_back({joined(path, name), mark_of(*info)});
    if (out.size() > kMostFolderFiles) return invalid_error(path + ": has too many files for a checkpoint");
    if (!S_ISDIR(info->st_mode)) continue;
    const auto next = folder_in(folder, name);
    if (!next) continue;
    if (auto status = collect(next.get(), joined(path, name), depth + 1, out); !status) return status;
  }
  return {};
}

}  // namespace

TimePoint FileMark::modified() const { return TimePoint{Duration{modified_ns / 1'000'000}}; }

FileMark mark_of(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 ? mark_of(info) : FileMark{};
}

Result<JobFolder> JobFolder::open(const std::string& path) {
  FileDescriptor root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!root) return storage::system_error(errno, path);
  return JobFolder(std::move(root));
}

std::vector<FoundFile> JobFolder::find(std::string_view pattern, bool folders) const {
  std::vector<FoundFile> out;
  find_in(root_.get(), "", pattern, folders, out);
  return out;
}

Result<std::vector<FoundFile>> JobFolder::files_below(const std::string& folder) const {
  const auto root = storage::open_beneath(root_.get(), folder, O_RDONLY | O_DIRECTORY);
  if (!root) return root.error();
  std::vector<FoundFile> out;
  if (auto status = collect(root->get(), folder, 1, out); !status) return status.error();
  std::ranges::sort(out, {}, &FoundFile::path);
  return out;
}

Result<FileDescriptor> JobFolder::open_file(const std::string& path) const {
  return storage::open_regular_file(root_.get(), path);
}

Result<std::string> JobFolder::read(const std::string& path, std::size_t limit) const {
  const auto file = open_file(path);
  if (!file) return file.error();
  std::string out;
  while (true) {
    const auto before = out.size();
    out.resize(before + kReadBytes);
    const ssize_t n = ::read(file->get(), out.data() + before, kReadBytes);
    out.resize(before + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return storage::system_error(errno, path);
    if (n == 0) return out;
    if (out.size() > limit) return invalid_error(path + ": is larger than " + std::to_string(limit) + " bytes");
  }
}

}  // namespace visionops::exec
