#include "worker/storage/beneath/new_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <functional>
#include <memory>
#include <vector>

#include "worker/storage/beneath/system_error.h"

namespace visionops::storage {

namespace {

constexpr mode_t kFileMode = 0644;
constexpr time_t kAbandonedSeconds = 3600;

std::string host_name() {
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  std::string host(name);
  for (char& c : host) {
    if (c == '_' || c == '/') c = '-';  // '_' separates the parts of a temporary name
  }
  return host.substr(0, 100);
}

/// Tells processes apart that had the same number, as containers do (always 1).
std::string process_nonce() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::to_string(now.tv_sec * 1'000'000'000LL + now.tv_nsec);
}

/// ".visionops-tmp-HOST_PID_NONCE_"; the number is asked for each time, a forked child has its own.
std::string process_prefix() {
  static const std::string host = host_name();
  static const std::string nonce = process_nonce();
  return std::string(kTemporaryPrefix) + host + "_" + std::to_string(::getpid()) + "_" + nonce + "_";
}

/// Whether the writer in a temporary name is a process of this host that no longer lives.
bool writer_is_dead(const std::string& name) {
  const std::string own_host = std::string(kTemporaryPrefix) + host_name() + "_";
  if (name.rfind(own_host, 0) != 0) return false;
  pid_t pid = 0;
  const char* begin = name.data() + own_host.size();
  if (std::from_chars(begin, name.data() + name.size(), pid).ec != std::errc() || pid <= 0) return false;
  if (pid == ::getpid()) return name.rfind(process_prefix(), 0) != 0;
  return ::kill(pid, 0) != 0 && errno == ESRCH;
}

bool is_abandoned(int folder, const std::string& name) {
  struct stat info {};
  if (::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(info.st_mode)) return false;
  return writer_is_dead(name) || ::time(nullptr) - info.st_mtim.tv_sec > kAbandonedSeconds;
}

std::string descriptor_path(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

/// renameat2(RENAME_NOREPLACE), or link + unlink where the file system has no such rename.
int rename_without_replacing(int folder, const std::string& from, const std::string& to) {
  if (::renameat2(folder, from.c_str(), folder, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (::linkat(folder, from.c_str(), folder, to.c_str(), 0) != 0) return errno;
  ::unlinkat(folder, from.c_str(), 0);
  return 0;
}

bool linking_is_impossible(int code) {
  return code == EXDEV || code == EPERM || code == EACCES || code == EMLINK || code == EOPNOTSUPP || code == ENOSYS ||
         code == ENOENT;  // ENOENT: no /proc here, or the file has no name any more
}

}  // namespace

std::string temporary_name() {
  static std::atomic<std::uint64_t> next{0};
  return process_prefix() + std::to_string(next.fetch_add(1));
}

namespace {

/// Whether an entry is a folder, asked of the file system only where its listing does not tell.
bool is_folder(int folder, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat info {};
  return ::fstatat(folder, entry.d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode);
}

/// Names of the folders in this one.
std::vector<std::string> remove_if(int folder, const std::function<bool(const std::string&)>& condition) {
  const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
  if (!entries) return {};
  std::vector<std::string> found;
  std::vector<std::string> folders;
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (name.rfind(kTemporaryPrefix, 0) == 0) {
      if (condition(name)) found.push_back(name);
    } else if (is_folder(folder, *entry)) {
      folders.push_back(name);
    }
  }
  for (const std::string& name : found) ::unlinkat(folder, name.c_str(), 0);
  return folders;
}

}  // namespace

void sweep_temporaries(int folder) {
  remove_if(folder, [folder](const std::string& name) { return is_abandoned(folder, name); });
}

std::vector<std::string> remove_temporaries(int folder) {
  return remove_if(folder, [](const std::string&) { return true; });
}

Result<NewFile> NewFile::create(int folder, const std::string& path) {
  std::string name = temporary_name();
  FileDescriptor fd(::openat(folder, name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, kFileMode));
  if (!fd) return system_error(errno, path);
  return NewFile(folder, path, std::move(fd), std::move(name));
}

NewFile::~NewFile() {
  if (fd_ && !temporary_.empty()) ::unlinkat(folder_, temporary_.c_str(), 0);
}

Status NewFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(errno, path_);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Status NewFile::place(const std::string& name, bool replace) {
  int code = 0;
  if (replace) {
    if (::renameat(folder_, temporary_.c_str(), folder_, name.c_str()) != 0) code = errno;
  } else {
    code = rename_without_replacing(folder_, temporary_, name);
  }
  if (code != 0) return system_error(code, path_);
  temporary_.clear();
  return {};
}

Result<bool> link_open_file(int fd, int folder, const std::string& name, const std::string& path, bool replace) {
  const std::string target = replace ? temporary_name() : name;
  if (::linkat(AT_FDCWD, descriptor_path(fd).c_str(), folder, target.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    if (linking_is_impossible(errno)) return false;
    return system_error(errno, path);
  }
  if (!replace) return true;
  const int code = ::renameat(folder, target.c_str(), folder, name.c_str()) == 0 ? 0 : errno;
  // rename(2) of two links to one file succeeds and leaves both
  ::unlinkat(folder, target.c_str(), 0);
  if (code != 0) return system_error(code, path);
  return true;
}

}  // namespace visionops::storage
