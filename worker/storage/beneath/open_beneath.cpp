#include "worker/storage/beneath/open_beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <tuple>
#include <utility>

#include "worker/storage/beneath/system_error.h"

namespace visionops::storage {

namespace {

constexpr int kRacedRenameRetries = 16;
constexpr mode_t kFolderMode = 0755;

/// Kernel-side resolution; -1 with errno.
int openat2_beneath(int directory, const char* path, int flags, unsigned mode) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
  for (int attempt = 0;; ++attempt) {
    const long fd = ::syscall(SYS_openat2, directory, path, &how, sizeof how);
    // EAGAIN: a rename somewhere raced with the resolution of a path
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR) || attempt == kRacedRenameRetries) return static_cast<int>(fd);
  }
}

std::pair<std::string, std::string> split_first(const std::string& path) {
  const auto slash = path.find('/');
  if (slash == std::string::npos) return {path, ""};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

int open_component(int directory, const std::string& name, int flags, unsigned mode) {
  int fd = -1;
  do {
    fd = ::openat(directory, name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

/// O_DIRECTORY | O_NOFOLLOW answers ENOTDIR for a link; openat2 answers ELOOP. Tell them apart.
int refusal_of_folder(int directory, const std::string& name) {
  const int code = errno;
  struct stat info {};
  if (code == ENOTDIR && ::fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode)) {
    return ELOOP;
  }
  return code;
}

}  // namespace

Result<FileDescriptor> open_beneath_by_walk(int directory, const std::string& path, int flags, unsigned mode) {
  FileDescriptor held;
  int at = directory;
  auto [name, rest] = split_first(path.empty() ? "." : path);
  while (!rest.empty()) {
    FileDescriptor next(open_component(at, name, O_PATH | O_DIRECTORY, 0));
    if (!next) return system_error(refusal_of_folder(at, name), path);
    held = std::move(next);
    at = held.get();
    std::tie(name, rest) = split_first(rest);
  }
  FileDescriptor fd(open_component(at, name, flags, mode));
  if (!fd) return system_error(refusal_of_folder(at, name), path);
  return fd;
}

Result<FileDescriptor> open_beneath(int directory, const std::string& path, int flags, unsigned mode) {
  static std::atomic<bool> missing{false};  // learned once: the kernel does not change under us
  if (!missing.load(std::memory_order_relaxed)) {
    FileDescriptor fd(openat2_beneath(directory, path.empty() ? "." : path.c_str(), flags, mode));
    if (fd) return fd;
    if (errno == ENOSYS) missing.store(true, std::memory_order_relaxed);
    // EPERM may be a seccomp profile that does not know openat2, or a real refusal: the walk tells
    if (errno != ENOSYS && errno != EPERM) return system_error(errno, path);
  }
  return open_beneath_by_walk(directory, path, flags, mode);
}

Result<FileDescriptor> open_folder(int directory, const std::string& path, bool create) {
  constexpr int flags = O_RDONLY | O_DIRECTORY;
  auto fd = open_beneath(directory, path, flags);
  if (fd.ok() || !create || fd.error().cls != ErrorClass::NotFound) return fd;
  const auto slash = path.rfind('/');
  const std::string parent = slash == std::string::npos ? "" : path.substr(0, slash);
  auto above = parent.empty() ? open_beneath(directory, "", flags) : open_folder(directory, parent, true);
  if (!above) return above;
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (::mkdirat(above->get(), name.c_str(), kFolderMode) != 0 && errno != EEXIST) return system_error(errno, path);
  return open_beneath(directory, path, flags);
}

Result<FileDescriptor> open_regular_file(int directory, const std::string& path) {
  auto fd = open_beneath(directory, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!fd) return fd;
  struct stat info {};
  if (::fstat(fd->get(), &info) != 0) return system_error(errno, path);
  if (S_ISDIR(info.st_mode)) return invalid_error(path + ": is a folder");
  if (!S_ISREG(info.st_mode)) return invalid_error(path + ": is not a regular file");
  return fd;
}

}  // namespace visionops::storage
