#include "base/posix/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <string>
#include <system_error>

#include "base/posix/write_all.h"

namespace visionops {
namespace {

Error lock_error(const char* what, const std::filesystem::path& file) {
  return retry_error(std::string(what) + " " + file.string() + ": " + std::generic_category().message(errno));
}

/// Its number, as it wrote it; "?" while it has not.
std::string owner_of(int fd) {
  char text[32];
  const ssize_t n = ::pread(fd, text, sizeof text, 0);
  const std::string digits(text, std::find_if_not(text, text + std::max<ssize_t>(n, 0),
                                                  [](unsigned char c) { return std::isdigit(c) != 0; }));
  return digits.empty() ? "?" : digits;
}

}  // namespace

Result<FolderLock> FolderLock::acquire(const std::filesystem::path& file) {
  FileDescriptor fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return lock_error("cannot open", file);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return lock_error("cannot lock", file);
    return conflict_error("is in use by process " + owner_of(fd.get()));
  }
  if (::ftruncate(fd.get(), 0) != 0 || !write_all(fd.get(), std::to_string(::getpid()) + "\n")) {
    return lock_error("cannot write", file);
  }
  return FolderLock(std::move(fd));
}

}  // namespace visionops
